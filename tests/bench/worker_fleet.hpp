#pragma once
// No-op workers, each a process of its own.
#include <string>
#include <vector>

#include "tests/bench/stack.hpp"

namespace runyard::bench {

/// From construction, when all of them can be woken, to destruction, when all have drained.
class WorkerFleet final {
 public:
  /// Throws Failure when they do not start. `prefix`: words before the command.
  WorkerFleet(const Stack& stack, const std::string& database, int workers, int slots,
              const std::vector<std::string>& prefix = {});
  ~WorkerFleet();
  WorkerFleet(const WorkerFleet&) = delete;
  WorkerFleet& operator=(const WorkerFleet&) = delete;

 private:
  std::vector<Child> workers_;
};

}  // namespace runyard::bench
