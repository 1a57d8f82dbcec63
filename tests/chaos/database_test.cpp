// PostgreSQL restarted, crashed, hung.
#include <signal.h>

#include <thread>

#include "tests/support/await.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/chaos_run.hpp"

using namespace runyard::test;
using namespace std::chrono_literals;

TEST_CASE("PostgreSQL is restarted") {
  ChaosRun run("PostgreSQL restarted");
  run.site.cluster().stop();
  REQUIRE(run.site.cluster().start());
  run.recovered();
  CHECK(run.await_results(10));
  run.check();
}

TEST_CASE("PostgreSQL crashes, first by a backend and then as a whole") {
  RunOptions options;
  options.may_repeat_attempts = true;
  ChaosRun run("PostgreSQL crashed twice", options);
  // The postmaster ends all others and recovers: unlogged tables are empty afterwards.
  for (const auto backend : run.site.cluster().backends()) {
    ::kill(backend, SIGKILL);
    break;
  }
  CHECK(run.await_results(10));
  run.site.cluster().kill();
  REQUIRE(run.site.cluster().start());
  run.recovered();
  CHECK(run.await_results(10));
  run.check();
}

TEST_CASE("PostgreSQL hangs for 25 seconds") {
  ChaosRun run("PostgreSQL hung for 25 s");
  run.site.cluster().freeze();
  std::this_thread::sleep_for(25s);  // how long it hangs is the fault; leases are over after 20
  run.site.cluster().thaw();
  run.recovered();
  CHECK(run.await_results(10));
  // Nobody's request hung as long as the server did.
  CHECK(run.load->answers()[503] > 0);
  run.check();
}
