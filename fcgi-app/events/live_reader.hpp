#pragma once
// What listeners need of the store of live runs; tests put another one in its place.
#include <string>
#include <vector>

#include "core/live_store.hpp"

namespace runyard {

/// See LiveStore for each. Thread-safe; every call may throw DatabaseUnavailable.
class LiveReader {
 public:
  virtual ~LiveReader() = default;
  virtual void follow(const std::string& execution_id) = 0;
  virtual std::vector<LiveEvent> events(const std::string& execution_id, std::int64_t after) = 0;
  virtual std::vector<LiveState> states(const std::vector<std::string>& execution_ids) = 0;
};

class StoredLive final : public LiveReader {
 public:
  explicit StoredLive(LiveStore& store) : store_(store) {}
  void follow(const std::string& execution_id) override { store_.follow(execution_id); }
  std::vector<LiveEvent> events(const std::string& execution_id, std::int64_t after) override {
    return store_.events(execution_id, after);
  }
  std::vector<LiveState> states(const std::vector<std::string>& execution_ids) override {
    return store_.states(execution_ids);
  }

 private:
  LiveStore& store_;
};

}  // namespace runyard
