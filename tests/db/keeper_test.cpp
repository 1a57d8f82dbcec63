#include "worker/keeper.hpp"

#include "tests/support/await.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/worker_parts.hpp"

using namespace runyard;
using namespace std::chrono_literals;
using runyard::test::await;

namespace {

/// A whole worker but for main.cpp, on a fake docker.
struct Bench : test::OwnDatabase, test::WorkerParts {
  Bench() : WorkerParts(temp.options()) {}

  ExecutionStore store{database};
  // What waits for a slot is not given back: tests take their time between claim and slot.
  QueueLoop loop{queue, holdings, {2, 0, 100ms, 0, 1h}, [this] {
                   return pool.healthy() ? runnable_images(catalog, images)
                                         : std::vector<std::string>();
                 }};

  std::unique_ptr<Keeper> keeper() {
    return std::make_unique<Keeper>(KeeperSettings{"host", 2, 0}, queue, loop, holdings, images,
                                    pool, catalog, live_runs);
  }
  std::string submit(std::vector<std::string> args) {
    Submission s;
    s.language = "run";
    s.version = "1";
    s.files = {{"main.txt", "x"}};
    s.entry = "main.txt";
    s.args = std::move(args);
    const auto id = new_uuid7();
    store.submit({id, "a", s, false, "", ""});
    return id;
  }
  Execution ended(const std::string& id) {
    const bool over = await([&] { return is_terminal(store.find(id, "a")->status); }, 20s);
    REQUIRE(over);
    return *store.find(id, "a");
  }
  /// How to stop it, once the loop holds what it has claimed.
  std::shared_ptr<StopSignal> held(const std::string& id) {
    std::shared_ptr<StopSignal> stop;
    REQUIRE(await([&] { return (stop = holdings.find(id)) != nullptr; }));
    return stop;
  }
  bool runs(const std::string& id) {
    return await([&] { return store.find(id, "a")->status == Status::kRunning; });
  }
};

}  // namespace

TEST_CASE("a worker without containers says so") {
  Bench bench;
  const WorkerState docker{"host", 1, 0, 0, {"run"}};
  auto local = docker;
  local.sandbox = "local";
  bench.queue.heartbeat({}, docker);
  CHECK_FALSE(bench.store.fleet(1).local);
  WorkQueue other(bench.database, new_uuid7());
  other.heartbeat({}, local);
  CHECK(bench.store.fleet(1).local);
  other.sign_off();
  CHECK_FALSE(bench.store.fleet(1).local);
}

TEST_CASE("a worker shows itself with its images, and holds sandboxes ready") {
  Bench bench;
  const auto keeper = bench.keeper();
  CHECK(await([&] { return bench.store.fleet(1).images == std::set<std::string>{"run"}; }));
  CHECK(await([&] { return bench.pool.idle() == 1; }));
}

TEST_CASE("a worker removes what no history shows an hour after its end") {
  Bench bench;
  const auto kept = bench.submit({"say", "x"});
  const auto old = new_uuid7(std::chrono::system_clock::now() - 2h);
  bench.temp.sql("select ensure_partitions(now() - interval '2 hours', 0)");
  const auto young = new_uuid7();
  for (const auto& id : {old, young})
    bench.temp.sql(
        "insert into executions (id, owner, language, version, isolation, request, listed) select "
        "'" +
        id + "', 'a', 'run', '1', 'reuse', '{}', false");
  bench.temp.sql(
      "insert into results (execution_id, status, attempt, queue_ms, finished_at) values ('" + old +
      "', 'COMPLETED', 1, 0, now() - interval '61 min'), ('" + young +
      "', 'COMPLETED', 1, 0, now() - interval '59 min')");
  const auto keeper = bench.keeper();
  CHECK(await([&] { return !bench.store.find(old, "a"); }));
  CHECK(bench.store.find(young, "a"));
  CHECK(bench.store.find(kept, "a"));
}

TEST_CASE("a worker without images is not a live one") {
  Bench bench;
  bench.docker.list_images("");
  const auto keeper = bench.keeper();
  CHECK(await([&] { return bench.docker.calls("image ls") >= 1; }));
  CHECK_FALSE(await([&] { return bench.store.fleet(1).live_workers > 0; }, 200ms));
}

TEST_CASE(
    "heartbeats go on while the engine hangs: a lost lease is dropped, a cancelled run is "
    "stopped") {
  Bench bench;
  const auto keeper = bench.keeper();
  const Slots slots(2, 0, bench.loop, bench.holdings, bench.services, bench.live_runs);
  const auto lost = bench.submit({"hang"});
  REQUIRE(bench.runs(lost));
  const auto cancelled = bench.submit({"hang"});
  REQUIRE(bench.runs(cancelled));
  bench.docker.break_down("hang");
  // Another worker has the first one now, as far as the database knows; the NOTIFY of the second is
  // lost.
  bench.temp.sql("update queue set worker = gen_random_uuid(), attempt = 2 where id = '" + lost +
                 "'");
  bench.store.cancel(cancelled, "a");
  const auto ended = bench.ended(cancelled);
  CHECK(ended.status == Status::kCancelled);
  CHECK(await([&] { return bench.holdings.empty() && bench.loop.running() == 0; }));
  CHECK(bench.store.find(lost, "a")->status ==
        Status::kRunning);  // nothing was recorded for the other
  bench.docker.repair();
  bench.loop.stop();
}

TEST_CASE("an execution that our sandboxes fail three times ends as our failure") {
  Bench bench;
  bench.images.refresh();
  const Slots slots(2, 0, bench.loop, bench.holdings, bench.services, bench.live_runs);
  const auto ended = bench.ended(bench.submit({"vanish"}));
  CHECK(ended.status == Status::kFailed);
  CHECK(ended.result->reason == Reason::kSandboxFailure);
  CHECK_THAT(ended.result->message, test::contains("not run in 3 attempts"));
  CHECK(ended.attempt == 3);
  CHECK(bench.ended(bench.submit({"say", "canary"})).result->output == "canary\n");
  bench.loop.stop();
}

TEST_CASE("what was abandoned before it began is not called cancelled") {
  Bench bench;
  const auto id = bench.submit({"say", "x"});
  bench.images.refresh();
  bench.held(id)->abandon();
  const Slots slots(1, 0, bench.loop, bench.holdings, bench.services, bench.live_runs);
  CHECK(await([&] { return bench.holdings.empty(); }));
  CHECK_FALSE(is_terminal(bench.store.find(id, "a")->status));
  bench.loop.stop();
}

TEST_CASE("what was cancelled before it began never runs") {
  Bench bench;
  const auto id = bench.submit({"say", "x"});
  bench.images.refresh();
  bench.held(id)->cancel();
  const Slots slots(1, 0, bench.loop, bench.holdings, bench.services, bench.live_runs);
  const auto ended = bench.ended(id);
  CHECK(ended.status == Status::kCancelled);
  CHECK(ended.result->output.empty());
  bench.loop.stop();
}

TEST_CASE("a request that cannot be read is our failure and harms no other") {
  Bench bench;
  const auto id = bench.submit({"say", "x"});
  bench.temp.sql("update executions set request = '{\"files\":[]}'");
  bench.images.refresh();
  const Slots slots(2, 0, bench.loop, bench.holdings, bench.services, bench.live_runs);
  CHECK(bench.ended(id).result->reason == Reason::kSandboxFailure);
  CHECK(bench.ended(bench.submit({"say", "canary"})).status == Status::kCompleted);
  bench.loop.stop();
}

TEST_CASE("hundreds of executions of several owners all end, each once") {
  Bench bench;
  const auto keeper = bench.keeper();
  const Slots slots(2, 0, bench.loop, bench.holdings, bench.services, bench.live_runs);
  for (int i = 0; i < 200; ++i) bench.submit({i % 10 == 9 ? "vanish" : "say", std::to_string(i)});
  CHECK(await([&] { return bench.temp.sql("select count(*) from queue") == "0"; }, 60s, 50ms));
  CHECK(bench.temp.sql("select count(*) from results where status = 'COMPLETED'") == "180");
  CHECK(bench.temp.sql("select count(*) from results where reason = 'SANDBOX_FAILURE'") == "20");
  CHECK(bench.temp.sql("select count(*) from results where status = 'COMPLETED' and attempt > 1") ==
        "0");
  bench.loop.stop();
}
