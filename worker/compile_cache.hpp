#pragma once
// What was compiled once is not compiled again for the same owner.
#include <list>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "worker/job.hpp"
#include "worker/tenant.hpp"

namespace runyard {

/// Compiled files in memory, the least recently used thrown out first. Thread-safe.
class CompileCache final {
 public:
  explicit CompileCache(std::size_t max_bytes) : max_bytes_(max_bytes) {}

  /// Key of a compilation: nothing else decides what comes out. The tenant is part of it, so that
  /// nobody can tell from a time what somebody else has compiled.
  static std::string key(const Tenant& tenant, const std::string& image_id, const JobStep& step,
                         const std::vector<JobFile>& files);

  /// What a compilation gave.
  struct Entry {
    std::vector<JobFile> outputs;
    std::string compiler_output;
    std::string compiler_errors;  ///< warnings
  };
  std::optional<Entry> find(const std::string& key);
  /// Larger than a quarter of the cache: not kept.
  void put(const std::string& key, Entry entry);

 private:
  using Order = std::list<std::string>;  // keys, the most recently used first
  struct Slot {
    Entry entry;
    std::size_t bytes;
    Order::iterator position;
  };

  const std::size_t max_bytes_;
  std::mutex mutex_;
  std::map<std::string, Slot> slots_;  // under mutex_, as all below
  Order order_;
  std::size_t bytes_ = 0;
};

}  // namespace runyard
