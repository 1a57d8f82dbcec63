#pragma once
// The threads that run executions, one at a time each.
#include <thread>
#include <vector>

#include "worker/execution_run.hpp"
#include "worker/holdings.hpp"
#include "worker/queue_loop.hpp"

namespace runyard {

/// Runs until the queue loop stops.
class Slots final {
 public:
  Slots(int count, QueueLoop& queue, Holdings& holdings, ExecutionServices& services);
  /// Waits for the threads: stop the queue loop first.
  ~Slots();
  Slots(const Slots&) = delete;
  Slots& operator=(const Slots&) = delete;

 private:
  void work();
  void handle(const Claim& claim);

  QueueLoop& queue_;
  Holdings& holdings_;
  ExecutionServices& services_;
  std::vector<std::thread> threads_;
};

}  // namespace runyard
