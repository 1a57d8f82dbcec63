#pragma once
// The executions that this worker holds the lease of, from the claim until the result is recorded.
#include <algorithm>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "worker/sandbox.hpp"

namespace runyard {

/// By id and attempt: a worker that slept through its own lease may claim the next attempt of what
/// it is still running. Thread-safe.
class Holdings final {
 public:
  /// False when this very attempt is held already. An earlier attempt is abandoned: its result
  /// would not count.
  bool add(const std::string& id, int attempt, bool live = false) {
    auto signal = std::make_shared<StopSignal>();
    const std::lock_guard lock(mutex_);
    const auto [slot, fresh] = held_.try_emplace(id, Held{attempt, live, signal});
    if (fresh) return true;
    if (slot->second.attempt == attempt) return false;
    slot->second.signal->abandon();
    slot->second = {attempt, live, std::move(signal)};
    return true;
  }

  void remove(const std::string& id, int attempt) {
    const std::lock_guard lock(mutex_);
    const auto found = held_.find(id);
    if (found != held_.end() && found->second.attempt == attempt) held_.erase(found);
  }

  /// How to stop this attempt; nullptr when it is not held any more.
  std::shared_ptr<StopSignal> find(const std::string& id, int attempt) const {
    const std::lock_guard lock(mutex_);
    const auto found = held_.find(id);
    return found == held_.end() || found->second.attempt != attempt ? nullptr
                                                                    : found->second.signal;
  }

  /// The same for whatever attempt of it is held.
  std::shared_ptr<StopSignal> find(const std::string& id) const {
    const std::lock_guard lock(mutex_);
    const auto found = held_.find(id);
    return found == held_.end() ? nullptr : found->second.signal;
  }

  std::vector<std::string> ids() const {
    std::vector<std::string> ids;
    for (const auto& [id, attempt] : attempts()) ids.push_back(id);
    return ids;
  }

  /// Ids with their attempts.
  std::map<std::string, int> attempts() const {
    const std::lock_guard lock(mutex_);
    std::map<std::string, int> attempts;
    for (const auto& [id, held] : held_) attempts.emplace(id, held.attempt);
    return attempts;
  }

  /// Abandons those of `asked` that are not in `renewed`: another worker may have them. What was
  /// claimed anew since `asked` was taken is another attempt, and stays. Returns their ids.
  std::vector<std::string> abandon_lost(const std::map<std::string, int>& asked,
                                        const std::vector<std::string>& renewed) {
    std::vector<std::string> lost;
    for (const auto& [id, attempt] : asked) {
      if (std::find(renewed.begin(), renewed.end(), id) != renewed.end()) continue;
      const auto stop = find(id, attempt);
      if (!stop) continue;  // recorded meanwhile
      stop->abandon();
      lost.push_back(id);
    }
    return lost;
  }

  /// Attempts of live runs: they are not given back.
  std::vector<std::pair<std::string, int>> live_runs() const {
    const std::lock_guard lock(mutex_);
    std::vector<std::pair<std::string, int>> runs;
    for (const auto& [id, held] : held_)
      if (held.live) runs.emplace_back(id, held.attempt);
    return runs;
  }

  bool empty() const {
    const std::lock_guard lock(mutex_);
    return held_.empty();
  }

 private:
  struct Held {
    int attempt;
    bool live;
    std::shared_ptr<StopSignal> signal;
  };

  mutable std::mutex mutex_;
  std::map<std::string, Held> held_;  // by id; under mutex_
};

}  // namespace runyard
