// A worker's host that stands still for longer than its leases, and goes on as if nothing had been.
#include <signal.h>

#include <thread>

#include "tests/support/await.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/chaos_run.hpp"

using namespace runyard::test;
using namespace std::chrono_literals;

TEST_CASE("a worker is frozen beyond its leases and thawed, and its late results change nothing") {
  RunOptions options;
  options.pause = 60ms;  // so that it holds something when it is stopped
  ChaosRun run("worker frozen for 25 s and thawed", options);
  auto& site = run.site;
  const auto held = [&] {
    return std::stoi(site.cluster().sql("select count(*) from queue where worker = '" +
                                        site.worker_id(0) + "'"));
  };
  std::vector<pid_t> frozen;
  const bool holding = await(
      [&] {
        // The process first: what it has claimed by now, it keeps.
        site.worker(0).signal(SIGSTOP);
        frozen = family_of(site.worker(0).pid());
        signal_all(frozen, SIGSTOP);
        // Its last statement may be on its way still.
        std::this_thread::sleep_for(50ms);
        if (held() > 0) return true;
        signal_all(frozen, SIGCONT);
        return false;
      },
      30s, 30ms);
  REQUIRE(holding);
  const auto kept = site.cluster().sql(
      "select string_agg(quote_literal(id::text), ', ') from queue where worker = '" +
      site.worker_id(0) + "'");
  // Its leases run out, and others take over what it holds and end it.
  CHECK(await(
      [&] {
        return site.cluster().sql("select count(*) from queue where id in (" + kept + ")") == "0";
      },
      60s, 100ms));
  signal_all(frozen, SIGCONT);
  run.recovered();
  CHECK(run.await_results(10));
  CHECK(await(
      [&] {
        const auto log = site.worker_log(0);
        return log.find("lease is lost") != std::string::npos ||
               log.find("result came too late") != std::string::npos;
      },
      30s, 100ms));
  run.check();
}
