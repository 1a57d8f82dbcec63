#pragma once
// What was looked up a moment ago.
#include <chrono>
#include <map>
#include <mutex>
#include <optional>

namespace runyard {

/// Keeps values for `lifetime`, at most `capacity` of them; a full one forgets everything.
/// Thread-safe.
template <typename Key, typename Value>
class TimedCache final {
 public:
  using Clock = std::chrono::steady_clock;

  TimedCache(Clock::duration lifetime, std::size_t capacity)
      : lifetime_(lifetime), capacity_(capacity) {}

  std::optional<Value> find(const Key& key, Clock::time_point now = Clock::now()) const {
    const std::lock_guard lock(mutex_);
    const auto found = entries_.find(key);
    if (found == entries_.end() || now >= found->second.until) return std::nullopt;
    return found->second.value;
  }

  void put(const Key& key, Value value, Clock::time_point now = Clock::now()) {
    const std::lock_guard lock(mutex_);
    if (entries_.size() >= capacity_ && entries_.count(key) == 0) entries_.clear();
    entries_.insert_or_assign(key, Entry{std::move(value), now + lifetime_});
  }

  void clear() {
    const std::lock_guard lock(mutex_);
    entries_.clear();
  }

 private:
  struct Entry {
    Value value;
    Clock::time_point until;
  };

  const Clock::duration lifetime_;
  const std::size_t capacity_;
  mutable std::mutex mutex_;
  std::map<Key, Entry> entries_;  // under mutex_
};

}  // namespace runyard
