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
    return site.cluster().sql(
        "select coalesce(string_agg(quote_literal(id::text), ', '), '') from queue where worker = "
        "'" +
        site.worker_id(0) + "'");
  };
  std::vector<pid_t> frozen;
  std::string kept;
  const bool holding = await(
      [&] {
        // The process first: what it has claimed by now, it keeps.
        site.worker(0).signal(SIGSTOP);
        frozen = family_of(site.worker(0).pid());
        signal_all(frozen, SIGSTOP);
        // What it has sent by now may be under way still.
        const auto stopped = site.cluster().sql("select clock_timestamp()");
        const auto under_way = [&] {
          return site.cluster().sql(
              "select count(*) from pg_stat_activity where state = 'active' "
              "and pid <> pg_backend_pid() and query_start <= '" +
              stopped + "'");
        };
        await([&] { return under_way() == "0"; }, 10s, 10ms);
        kept = held();
        if (!kept.empty()) return true;
        signal_all(frozen, SIGCONT);
        return false;
      },
      30s, 30ms);
  REQUIRE(holding);
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
