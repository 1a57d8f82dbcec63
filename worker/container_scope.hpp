#pragma once
// What a worker has to itself on its host: a number that no other living worker has, and from it
// the user ids of its sandboxes and the label of its containers.
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

#include "core/unique_fd.hpp"

namespace runyard {

/// Kernel quotas that count by user id (inotify watches, pipe pages, RLIMIT_NPROC) are host-wide,
/// so two sandboxes of one host never share one. 64 ids a sandbox, 256 sandboxes a worker, 64
/// workers a host.
constexpr std::uint32_t kFirstUid = 20000;
constexpr std::uint32_t kUidsPerSandbox = 64;
constexpr int kSandboxesPerWorker = 256;
constexpr int kWorkersPerHost = 64;

/// Holds the lowest free number of `folder`, which all workers of the host share, through a lock
/// that ends with the process.
class ContainerScope final {
 public:
  /// Throws std::system_error when the folder cannot be used and std::runtime_error when no number
  /// is free.
  explicit ContainerScope(const std::filesystem::path& folder);

  int number() const { return number_; }
  /// Label of this worker's containers.
  std::string label() const { return label_of(number_); }
  /// Calls `sweep` with each label whose number no living worker holds: containers with it are
  /// leftovers. A number is held meanwhile, so that no worker starts under it. Includes our own, so
  /// this is for the time before the first sandbox starts.
  void sweep_abandoned(const std::function<void(const std::string& label)>& sweep) const;
  /// First of the 64 user ids of sandbox `index` (0..kSandboxesPerWorker-1).
  std::uint32_t uid_base(int index) const;

 private:
  static std::string label_of(int number) { return "worker-" + std::to_string(number); }

  std::filesystem::path folder_;
  int number_ = -1;
  UniqueFd lock_;
};

}  // namespace runyard
