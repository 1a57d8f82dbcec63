#pragma once
// The worker's sandboxes as the host sees them, and stopping and starting the worker.
#include <string>
#include <vector>

#include "tests/bench/stack.hpp"

namespace runyard::bench {

/// Processes that the host keeps for one sandbox.
struct SandboxProcesses {
  int client = 0;  ///< docker run
  int shim = 0;    ///< containerd-shim-runc-v2
  int agent = 0;
};

/// Names of the containers that a worker process has started: its docker clients say `--name`.
std::vector<std::string> sandboxes_of(int worker_pid);
/// Looks each of them up. Sandboxes that vanish meanwhile are left out.
std::vector<SandboxProcesses> processes_of(const Stack& stack, int worker_pid);

/// Waits until the number of containers has not changed for a second.
void wait_for_pool(const Stack& stack);

/// The stack's own worker, down for as long as this lives.
class WorkerPause final {
 public:
  explicit WorkerPause(const Stack& stack);
  ~WorkerPause();
  WorkerPause(const WorkerPause&) = delete;
  WorkerPause& operator=(const WorkerPause&) = delete;

 private:
  const Stack& stack_;
};

}  // namespace runyard::bench
