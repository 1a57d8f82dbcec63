#pragma once
// What the kernel counts for the whole sandbox, in cgroup v1 or v2, as a container with a private
// cgroup namespace sees it: its own group is the root of each hierarchy.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "agent/posix.hpp"
#include "agent/socket_memory.hpp"

namespace runyard::agent {

/// The number after `key` at the start of a line ("oom_kill 3"), or the first number of the text
/// when key is empty.
std::optional<std::uint64_t> counter(std::string_view text, std::string_view key);

/// Keeps the counters' files open: one pread each time. Not thread-safe.
class Cgroup final {
 public:
  explicit Cgroup(const std::string& root = "/sys/fs/cgroup");

  /// Names the first counter that a limit needs and that is not there; empty when all are.
  std::string missing() const;

  /// CPU time of all processes so far, ended ones included.
  std::optional<std::uint64_t> cpu_ns() const;
  /// Processes that the kernel killed for want of memory.
  std::optional<std::uint64_t> oom_kills() const;
  /// Forks that were refused by the process limit.
  std::optional<std::uint64_t> refused_forks() const;
  /// Processes and threads now, the agent included.
  std::optional<std::uint64_t> processes() const;
  /// Anonymous and tmpfs memory now (without the page cache of the image's files).
  std::optional<std::uint64_t> memory_bytes() const;
  /// The highest usage ever, page cache included.
  std::optional<std::uint64_t> peak_bytes() const;
  /// The limit on all of it.
  std::optional<std::uint64_t> memory_limit() const;
  /// What could still be used, and what could be had from the page cache: never more than there is.
  /// Without a limit, all there could be.
  std::uint64_t free_bytes() const;
  /// What waits in sockets, where the kernel does not count it as memory of the cgroup.
  std::optional<SocketMemory> uncounted_sockets() const;

 private:
  bool v2_ = false;
  Fd cpu_;
  Fd oom_;
  Fd pids_events_;
  Fd pids_current_;
  Fd memory_stat_;
  Fd memory_peak_;
  Fd memory_limit_;
  Fd memory_usage_;
  SocketMeter sockets_;
};

}  // namespace runyard::agent
