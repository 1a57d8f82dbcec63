// The docker engine, under three workers that share it.
#include <thread>

#include "tests/support/catch.hpp"
#include "tests/support/chaos_run.hpp"

using namespace runyard::test;
using namespace std::chrono_literals;

TEST_CASE("the docker engine hangs for 15 seconds") {
  ChaosRun run("docker engine hung for 15 s");
  run.site.engine().freeze();
  std::this_thread::sleep_for(15s);  // how long it hangs is the fault
  run.site.engine().thaw();
  run.recovered();
  CHECK(run.await_results(10));
  run.check();
}

TEST_CASE("the docker engine is killed and started again") {
  RunOptions options;
  // Its containers are killed with it, and what each of them ran is repeated by a worker that finds
  // no engine: up to three times.
  options.may_give_up = false;
  ChaosRun run("docker engine killed and restarted", options);
  run.site.engine().kill();
  run.site.engine().start();
  run.recovered();
  CHECK(run.await_results(10));
  run.check();
}
