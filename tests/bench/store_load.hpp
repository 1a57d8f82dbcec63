#pragma once
// The pipeline without HTTP and without programs: submissions through the API's own store, and the
// wait for their ends.
#include <atomic>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "core/execution_store.hpp"
#include "core/listener.hpp"

namespace runyard::bench {

/// One API process's half of the pipeline: connections, the store, the listener. Thread-safe.
class StoreSide final {
 public:
  StoreSide(const std::string& options, int connections);

  /// Submits a program that nobody else has and that somebody waits for. Returns its id.
  std::string submit(const std::string& owner);
  /// Waits until that execution has ended, reads it, and checks that its output is the program's
  /// own text. Throws Failure for a wrong answer, or when it takes more than two minutes.
  void wait_and_check(const std::string& id, const std::string& owner);

 private:
  Database database_;
  ExecutionStore store_;
  std::mutex mutex_;
  struct Awaited {
    bool told = false;
    std::condition_variable* sleeper = nullptr;
  };
  std::map<std::string, Awaited> awaited_;  // under mutex_
  Listener listener_;
};

/// Lives that have ended, each submitted, claimed, finished, awaited and read.
struct Lives {
  double wall_s = 0;
  std::vector<double> ms;       ///< submit to result, each
  std::vector<double> ended_s;  ///< when each ended, since the beginning
  double rate() const { return static_cast<double>(ms.size()) / wall_s; }
};

/// `owners` threads, each an owner of its own. Each keeps its `window` executions in the queue: it
/// submits one, then waits for its oldest one. With a window of 1 it waits for what it has just
/// submitted; with a large one there is a backlog, which stays as large as it was.
class Owners final {
 public:
  Owners(StoreSide& side, std::string name, int owners, int window);
  /// Submits what is missing in the windows.
  void fill();
  /// Lives for `seconds`; rethrows what a thread threw. `pause_s`: between two of one owner.
  Lives live(double seconds, double pause_s = 0);
  /// Waits for the end of all that is still queued.
  void drain();

 private:
  struct Owner {
    std::string name;
    std::vector<std::pair<std::string, double>> queued;  // id and when; oldest first from `first`
    std::size_t first = 0;
  };
  void in_threads(const std::function<void(Owner&)>& work);

  StoreSide& side_;
  const std::size_t window_;
  std::vector<Owner> owners_;
};

}  // namespace runyard::bench
