// A worker that the operator drains, and takes back.
#include "core/admin_queue_store.hpp"
#include "tests/support/await.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/worker_parts.hpp"
#include "worker/keeper.hpp"

using namespace runyard;
using namespace std::chrono_literals;
using runyard::test::await;
using runyard::test::TempDatabase;

namespace {

/// A whole worker but for main.cpp; the test is its slots.
struct Worker : test::WorkerParts {
  explicit Worker(const std::string& db, std::string host_name,
                  std::chrono::milliseconds stuck = QueueLoopSettings().stuck)
      : WorkerParts(db), host(std::move(host_name)), settings{2, 0, 50ms, 1, stuck} {
    keeper = std::make_unique<Keeper>(KeeperSettings{host, 2, 0}, queue, loop, holdings, images,
                                      pool, catalog, live_runs);
  }
  /// Sends the heartbeat that a NOTIFY or five seconds would bring.
  void hear() { keeper->told(); }
  void finish(const Claim& claim) {
    Result result;
    result.status = Status::kCompleted;
    result.exit_code = 0;
    loop.finished({claim.id, claim.attempt, result});
  }

  const std::string host;
  const QueueLoopSettings settings;
  QueueLoop loop{queue, holdings, settings, [this] { return runnable_images(catalog, images); }};
  std::unique_ptr<Keeper> keeper;
};

struct Yard {
  TempDatabase base;
  Database database{base.options(), 2};
  ExecutionStore store{database};
  AdminQueueStore admin{database};

  std::string submit(bool live = false) {
    Submission s;
    s.language = "run";
    s.version = "1";
    s.files = {{"main.txt", "x"}};
    s.entry = "main.txt";
    if (live) s.live.emplace();
    const auto id = new_uuid7();
    store.submit({id, "a", s, false, "", "", Origin::kNative, "", "", true, "run"});
    return id;
  }
  std::optional<FleetMember> member(const Worker& worker) {
    for (auto& found : admin.workers())
      if (found.id == worker.worker_id) return found;
    return std::nullopt;
  }
  bool shown(const Worker& worker) {
    return await([&] { return member(worker).has_value(); });
  }
  void drain(Worker& worker, bool draining = true) {
    REQUIRE(admin.set_draining({worker.worker_id}, draining) == 1);
    worker.hear();
  }
  bool becomes_drained(Worker& worker) {
    return await([&] {
      worker.hear();
      const auto found = member(worker);
      return found && found->drained;
    });
  }
  std::string queued() const { return base.sql("select count(*) from queue where worker is null"); }
};

}  // namespace

TEST_CASE(
    "a drained worker ends what it has and takes nothing more, another does, and it comes back") {
  Yard fleet;
  Worker first(fleet.base.options(), "first");
  REQUIRE(fleet.shown(first));
  const auto idle = [&] { return fleet.base.sql("select count(*) from idle_workers"); };
  REQUIRE(await([&] { return idle() == "1"; }));
  const auto begun = fleet.submit();
  const auto claim = first.loop.next();
  REQUIRE(claim);
  fleet.drain(first);
  REQUIRE(await([&] { return idle() == "0"; }));
  CHECK_FALSE(fleet.member(first)->drained);
  CHECK(fleet.member(first)->holds == 1);

  const auto late = fleet.submit();
  const auto live = fleet.submit(true);
  CHECK_FALSE(await([&] { return fleet.queued() != "2"; }, 300ms));

  Worker second(fleet.base.options(), "second");
  const auto taken = second.loop.next();
  const auto taken_live = second.loop.next(true);
  REQUIRE(taken);
  REQUIRE(taken_live);
  CHECK(taken->id == late);
  CHECK(taken_live->id == live);

  first.finish(*claim);
  CHECK(fleet.becomes_drained(first));
  CHECK(fleet.store.find(begun, "a")->status == Status::kCompleted);
  const auto drained = fleet.member(first);
  CHECK(drained->alive);
  CHECK(drained->running == 0);
  CHECK(drained->holds == 0);

  second.finish(*taken);
  second.finish(*taken_live);
  fleet.drain(second);
  CHECK(fleet.becomes_drained(second));
  const auto after = fleet.submit();
  CHECK_FALSE(await([&] { return fleet.queued() != "1"; }, 300ms));
  fleet.drain(first, false);
  const auto again = first.loop.next();
  REQUIRE(again);
  CHECK(again->id == after);
  first.finish(*again);
  CHECK(await([&] { return is_terminal(fleet.store.find(after, "a")->status); }));
  CHECK(await([&] { return idle() == "1"; }));
  first.loop.stop();
  second.loop.stop();
}

TEST_CASE("what a drained worker has claimed and not begun is another's at once") {
  Yard fleet;
  // Nothing but the drain gives a claim back.
  Worker worker(fleet.base.options(), "only", 1h);
  REQUIRE(fleet.shown(worker));
  fleet.submit();
  fleet.submit();
  const auto claim = worker.loop.next();
  REQUIRE(claim);
  REQUIRE(await([&] { return worker.holdings.ids().size() == 2; }));
  fleet.drain(worker);
  CHECK(await([&] { return fleet.queued() == "1"; }));
  CHECK(await([&] { return worker.holdings.ids() == std::vector<std::string>{claim->id}; }));
  WorkQueue other(fleet.database, new_uuid7());
  const auto others = other.turn({}, 5, {"run"}).claims;
  REQUIRE(others.size() == 1);
  CHECK(others[0].attempt == 1);
  worker.finish(*claim);
  CHECK(fleet.becomes_drained(worker));
  worker.loop.stop();
}

TEST_CASE("a worker goes on draining when the table of workers was lost") {
  Yard fleet;
  Worker worker(fleet.base.options(), "only");
  REQUIRE(fleet.shown(worker));
  fleet.drain(worker);
  REQUIRE(fleet.becomes_drained(worker));
  fleet.base.sql("truncate workers");
  worker.hear();
  REQUIRE(fleet.shown(worker));
  CHECK(fleet.member(worker)->draining);
  CHECK(fleet.member(worker)->drained);
  fleet.submit();
  CHECK_FALSE(await([&] { return fleet.queued() != "1"; }, 300ms));
  worker.loop.stop();
}

TEST_CASE("a drained worker that is stopped stops as ever") {
  Yard fleet;
  Worker worker(fleet.base.options(), "only");
  REQUIRE(fleet.shown(worker));
  fleet.submit();
  const auto claim = worker.loop.next();
  fleet.drain(worker);
  worker.finish(*claim);
  worker.loop.drain();
  worker.loop.stop();
  CHECK_FALSE(worker.loop.next());
  CHECK(worker.holdings.empty());
  CHECK(fleet.base.sql("select count(*) from results") == "1");
}
