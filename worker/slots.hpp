#pragma once
// The threads that run executions, one at a time each.
#include <thread>
#include <vector>

#include "worker/execution_run.hpp"
#include "worker/holdings.hpp"
#include "worker/live_runs.hpp"
#include "worker/queue_loop.hpp"
#include "worker/worker_metrics.hpp"

namespace runyard {

/// How a live run ends whose worker was lost or stopped.
Result live_run_lost();

/// Runs until the queue loop stops.
class Slots final {
 public:
  /// `count` threads for ordinary executions, of which as many run as the queue loop has slots; and
  /// `live_count` for what somebody talks to.
  Slots(int count, int live_count, QueueLoop& queue, Holdings& holdings,
        ExecutionServices& services, LiveRuns& live_runs);
  /// Waits for the threads: stop the queue loop first.
  ~Slots();
  Slots(const Slots&) = delete;
  Slots& operator=(const Slots&) = delete;

 private:
  void work(bool live);
  void handle(const Claim& claim);
  void finish(const Claim& claim, const std::string& language, Result result);

  QueueLoop& queue_;
  Holdings& holdings_;
  ExecutionServices& services_;
  LiveRuns& live_runs_;
  ExecutionMetrics metrics_;
  std::vector<std::thread> threads_;
};

}  // namespace runyard
