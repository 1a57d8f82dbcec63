// Processes that are killed, at moments that nobody chose.
#include "tests/support/processes.hpp"

#include <signal.h>

#include <algorithm>
#include <random>
#include <thread>

#include "tests/support/agent_session.hpp"
#include "tests/support/await.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/chaos_run.hpp"
#include "tests/support/http_client.hpp"

using namespace runyard::test;
using namespace std::chrono_literals;

namespace {

using Random = std::mt19937;

pid_t any_of(const std::vector<pid_t>& pids, Random& random) {
  return pids.empty() ? 0 : pids[random() % pids.size()];
}

/// Somebody's supervisor: what has ended is there again soon.
void kill_one(ChaosRun& run, const std::string& what, Random& random) {
  auto& site = run.site;
  const int worker = static_cast<int>(random()) & 1;
  pid_t victim = 0;
  // What has not ended yet when the supervisor looks would stay away.
  const auto kill_own = [](Background& program) {
    program.signal(SIGKILL);
    program.wait(10s);
  };
  if (what == "api") kill_own(site.api(static_cast<int>(random() % 2)));
  if (what == "worker") {
    // Without a database it does not start: the supervisor tries until it does.
    const int index = static_cast<int>(random() % 3);
    const auto before = site.worker_id(index);
    kill_own(site.worker(index));
    const auto back = [&] {
      site.revive();
      return site.worker_id(index) != before;
    };
    CHECK(await(back, 60s, 50ms));
  }
  if (what == "gateway") kill_own(site.gateway());
  if (what == "postmaster") {
    site.cluster().kill();
    REQUIRE(site.cluster().start());
  }
  if (what == "engine") {
    site.engine().kill();
    site.engine().start();
  }
  if (what == "client") victim = any_of(site.docker_clients(worker), random);
  if (what == "shim") victim = any_of(site.engine().shims(), random);
  if (what == "backend") victim = any_of(site.cluster().backends(), random);
  if (what == "container") {
    // The agent: PID 1 of a container is a child of its shim.
    const auto shim = any_of(site.engine().shims(), random);
    if (shim > 0) victim = any_of(children_of(shim), random);
  }
  if (victim > 0) ::kill(victim, SIGKILL);
  site.revive();
}

}  // namespace

TEST_CASE("processes of every kind are killed at random moments") {
  RunOptions options;
  options.may_give_up = true;          // three of these may hit one execution
  options.may_repeat_attempts = true;  // the server is one of what is killed
  ChaosRun run("kill -9 of everything at random", options);
  INFO("seed " << run.seed);
  Random random(run.seed);
  std::vector<std::string> victims = {"api",       "api",       "api",        "worker",  "worker",
                                      "client",    "client",    "client",     "shim",    "shim",
                                      "container", "container", "container",  "gateway", "gateway",
                                      "backend",   "backend",   "postmaster", "engine"};
  std::shuffle(victims.begin(), victims.end(), random);
  for (const auto& victim : victims) {
    std::this_thread::sleep_for(std::chrono::milliseconds(100 + random() % 700));
    kill_one(run, victim, random);
  }
  run.recovered();
  CHECK(run.await_results(10));  // and it serves as before
  CHECK(run.await_talks(1));
  run.check();
}

TEST_CASE("all three workers are killed at once, one of them with a live run") {
  ChaosRun run("kill -9 of all workers at once, and of a live run");
  auto& site = run.site;
  const auto accepted =
      ask_api(site.socket(),
              {{"REQUEST_METHOD", "POST"},
               {"REQUEST_URI", kExecutions},
               {"REMOTE_ADDR", "192.0.2.99"},
               {"RUNYARD_LIVE", "native"}},
              submission("python", "import time\nprint('begun', flush=True)\ntime.sleep(60)\n",
                         "\"limits\": {\"wall_ms\": 60000}"));
  INFO(accepted.body);
  REQUIRE(accepted.status == 202);
  const auto id = text_at(runyard::json::parse(accepted.body), "execution_id");
  run.load->also_accepted(id);
  const auto of_live_run = [&](const std::string& column, const std::string& table) {
    return site.cluster().sql("select " + column + " from " + table + " = '" + id + "'");
  };
  REQUIRE(await([&] { return !of_live_run("worker", "queue where id").empty(); }, 30s, 20ms));
  for (int i = 0; i < site.workers(); ++i) site.worker(i).signal(SIGKILL);
  for (int i = 0; i < site.workers(); ++i) site.worker(i).wait(10s);
  site.revive();
  run.recovered();
  CHECK(run.await_results(10));
  // Nobody talks to it any more, so it is not run again.
  CHECK(of_live_run("reason", "results where execution_id") == "WORKER_LOST");
  run.check();
}

TEST_CASE("every process of the API is killed again and again") {
  ChaosRun run("kill -9 of the API's processes, ten times");
  Random random(run.seed);
  for (int round = 0; round < 10; ++round) {
    std::this_thread::sleep_for(std::chrono::milliseconds(50 + random() % 300));
    run.site.api(round % run.site.apis()).signal(SIGKILL);
    run.site.api(round % run.site.apis()).wait(10s);
    run.site.revive();
  }
  run.recovered();
  CHECK(run.await_results(10));
  run.check();
}

TEST_CASE("the gateway is killed again and again while live runs go on") {
  RunOptions options;
  options.live_owners = 3;
  // What dead gateways leave holds its place until it is cancelled.
  options.site.worker_settings = {"--live_slots=4"};
  ChaosRun run("kill -9 of the gateway, eight times or more", options);
  auto& site = run.site;
  Random random(run.seed);
  const auto cut = [&] {
    const auto talks = run.live->talks();
    return std::any_of(talks.begin(), talks.end(), [](const LiveTalk& talk) {
      return !talk.id.empty() && !talk.detached && !talk.typed;
    });
  };
  const auto begin = std::chrono::steady_clock::now();
  for (int round = 0; round < 40; ++round) {
    // A gateway ends what another left when it has been there for 20 s, and what the first one left
    // has a minute.
    const bool late = std::chrono::steady_clock::now() - begin > 25s;
    if (cut() && (round >= 8 || late)) break;
    CHECK(await([&] { return run.live->attended() > 0; }, 60s));
    std::this_thread::sleep_for(std::chrono::milliseconds(random() % 300));
    site.gateway().signal(SIGKILL);
    site.gateway().wait(10s);
    site.revive();
  }
  run.recovered();
  CHECK(run.await_talks(3));
  run.check();
  // Nothing but the gateway was broken: it alone cuts runs, and none that is detached.
  int cancelled = 0;
  for (const auto& talk : run.live->talks()) {
    if (talk.id.empty()) continue;
    INFO(talk.id);
    const auto status =
        site.cluster().sql("select status from results where execution_id = '" + talk.id + "'");
    if (status == "CANCELLED" && !talk.detached) {
      ++cancelled;
      CHECK(talk.status.empty());
    } else {
      CHECK(status == "COMPLETED");
    }
    if (talk.status == "COMPLETED") CHECK(talk.said == talk.output);
    if (talk.detached) CHECK(talk.status == "COMPLETED");
  }
  CHECK(cancelled > 0);
}
