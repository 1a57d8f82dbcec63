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
  const auto thawed = std::chrono::steady_clock::now() + 25s;
  run.site.cluster().freeze();
  // Nobody's request hangs as long as the server does, and /ready finds out.
  const auto ready = [&run] {
    const std::map<std::string, std::string> question = {
        {"REQUEST_METHOD", "GET"}, {"REQUEST_URI", "/api/v1/ready"}, {"REMOTE_ADDR", "192.0.2.98"}};
    return ask_api(run.site.socket(), question, "").status;
  };
  CHECK(await([&] { return ready() == 503; }, 60s, 200ms));
  // How long it hangs is the fault; leases are over after 20 s.
  std::this_thread::sleep_until(thawed);
  run.site.cluster().thaw();
  run.recovered();
  CHECK(run.await_results(10));
  run.check();
}
