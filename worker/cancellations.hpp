#pragma once
// Cancellations that this worker was told of, until the database has confirmed them.
#include <condition_variable>
#include <functional>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "worker/holdings.hpp"

namespace runyard {

/// Anybody who may connect to the database can tell of a cancellation. Only what is held here is
/// looked up, by its key, and only what its row says is stopped. Thread-safe; one thread of its own
/// reads.
class Cancellations final {
 public:
  /// Those of the ids that are to be killed. May throw: then the next heartbeat finds them.
  using Read = std::function<std::vector<std::string>(const std::vector<std::string>& ids)>;

  Cancellations(const Holdings& holdings, Read read);
  ~Cancellations();
  Cancellations(const Cancellations&) = delete;
  Cancellations& operator=(const Cancellations&) = delete;

  /// Somebody says that this execution is to be killed. Returns at once.
  void told(const std::string& id);

 private:
  void run();
  void confirm(const std::vector<std::string>& ids);

  const Holdings& holdings_;
  const Read read_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::set<std::string> told_;  // no more than are held; under mutex_, as the next
  bool stop_ = false;
  std::thread thread_;
};

}  // namespace runyard
