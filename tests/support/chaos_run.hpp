#pragma once
// One fault: a site under load, what must hold when it is over, and its line of figures.
#include <chrono>
#include <optional>
#include <string>

#include "tests/support/chaos_live.hpp"
#include "tests/support/chaos_load.hpp"
#include "tests/support/chaos_site.hpp"
#include "tests/support/http_receiver.hpp"

namespace runyard::test {

/// RUNYARD_CHAOS_SEED, or another one each time.
unsigned chaos_seed();

struct RunOptions {
  SiteOptions site;
  std::chrono::milliseconds pause{120};  ///< between two submissions of each owner
  /// Executions may end as failures of ours, after three attempts: so much is broken at once.
  bool may_give_up = false;
  /// A server that crashed forgets its latest claims: the same attempt may run at two workers. One
  /// of them is recorded.
  bool may_repeat_attempts = false;
  int live_owners = 1;
};

class ChaosRun final {
 public:
  /// Starts the site, and the load when the first program has run. `fault` is its name in the
  /// figures.
  explicit ChaosRun(std::string fault, RunOptions options = {});

  ChaosSite site;
  const unsigned seed = chaos_seed();
  HttpReceiver receiver;  ///< of webhooks
  std::optional<ChaosLoad> load;
  std::optional<LiveLoad> live;

  /// True when this many more have ended. Never throws: the database may be away.
  bool await_results(int more, std::chrono::seconds limit = std::chrono::seconds(60));
  /// True when this many live runs more have come to a good end.
  bool await_talks(int more, std::chrono::seconds limit = std::chrono::seconds(60));
  /// Results so far; -1 while the database is away.
  int results();

  /// True when all that stands in the queue now has ended, so that the next fault meets nothing
  /// that has met one before: three of them would cost an execution its three attempts.
  bool await_present(std::chrono::seconds limit = std::chrono::seconds(120));

  /// Whatever was broken is whole again: waits until all that had been accepted has its result, and
  /// notes how long that took. The load goes on meanwhile.
  void recovered(std::chrono::seconds limit = std::chrono::seconds(120));

  /// Ends the load and the workers, checks what must hold after every fault, prints the figures.
  void check();

 private:
  void check_results();
  void check_nothing_left();
  void check_live_tables();
  void report(const std::string& line) const;

  const std::string fault_;
  const RunOptions options_;
  double recovery_s_ = -1;
};

}  // namespace runyard::test
