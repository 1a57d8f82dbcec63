#pragma once
// The executions that this worker holds the lease of, from the claim until the result is recorded.
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "worker/sandbox.hpp"

namespace runyard {

/// Thread-safe.
class Holdings final {
 public:
  void add(const std::string& id) {
    const std::lock_guard lock(mutex_);
    signals_.emplace(id, std::make_shared<StopSignal>());
  }

  void remove(const std::string& id) {
    const std::lock_guard lock(mutex_);
    signals_.erase(id);
  }

  /// How to stop this execution; nullptr when it is not held any more.
  std::shared_ptr<StopSignal> find(const std::string& id) const {
    const std::lock_guard lock(mutex_);
    const auto found = signals_.find(id);
    return found == signals_.end() ? nullptr : found->second;
  }

  std::vector<std::string> ids() const {
    const std::lock_guard lock(mutex_);
    std::vector<std::string> ids;
    for (const auto& [id, signal] : signals_) ids.push_back(id);
    return ids;
  }

  bool empty() const {
    const std::lock_guard lock(mutex_);
    return signals_.empty();
  }

 private:
  mutable std::mutex mutex_;
  std::map<std::string, std::shared_ptr<StopSignal>> signals_;  // under mutex_
};

}  // namespace runyard
