// What the programs do, each with its own role and with no right beyond it.
#include <chrono>

#include "core/execution_store.hpp"
#include "core/ids.hpp"
#include "core/live_store.hpp"
#include "core/work_queue.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/role_database.hpp"

using namespace runyard;
using namespace runyard::test;

namespace {

struct Site : RoleDatabase {
  Database app_database{as("runyard_app"), 2};
  Database worker_database{as("runyard_worker"), 2};
  ExecutionStore store{app_database};
  LiveStore clients{app_database};
  LiveStore typed{worker_database};
  WorkQueue worker{worker_database, new_uuid7()};

  std::string submit(bool live = false, bool listed = true) {
    Submission s;
    s.language = s.version = "python";
    s.files = {{"main.py", "print()"}};
    s.entry = "main.py";
    if (live) s.live.emplace();
    const auto id = new_uuid7();
    NewExecution execution{id, "a", s, true, "", ""};
    execution.listed = listed;
    store.submit(execution);
    return id;
  }
  std::vector<Claim> claim(int want, int live = 0) {
    return worker.turn({}, want, {"python"}, live).claims;
  }
  static Finished completed(const Claim& claim) {
    Result result;
    result.status = Status::kCompleted;
    result.exit_code = 0;
    return {claim.id, claim.attempt, result};
  }
};

}  // namespace

TEST_CASE("a worker's role claims, renews, gives back, ends and forgets") {
  Site site;
  const auto id = site.submit();
  site.worker.set_idle(true);
  site.worker.set_idle(false);
  auto claim = site.claim(1).at(0);
  CHECK(site.worker.heartbeat({id}, {"host", 1, 0, 0, {}}).held.size() == 1);
  site.worker.hand_back({id});
  claim = site.claim(1).at(0);
  site.worker.release(id, claim.attempt);
  claim = site.claim(1).at(0);
  CHECK(claim.attempt == 2);
  CHECK(site.worker.cancelled({id}).empty());
  CHECK(site.worker.turn({Site::completed(claim)}, 0, {}).recorded.size() == 1);
  CHECK(site.worker.end_lost() == 0);
  site.worker.maintain_partitions(365);
  site.worker.sign_off();
}

TEST_CASE("a worker's role removes what no list shows, and nothing else") {
  Site site;
  site.submit();
  site.submit(false, false);
  const auto claims = site.claim(2);
  REQUIRE(claims.size() == 2);
  site.worker.turn({Site::completed(claims[0]), Site::completed(claims[1])}, 0, {});
  site.temp.sql("update results set finished_at = finished_at - interval '2 hours'");
  site.temp.sql("select ensure_partitions(now() - interval '2 hours', 0)");
  const auto earlier = new_uuid7(std::chrono::system_clock::now() - std::chrono::hours(2));
  site.temp.sql("update executions set id = '" + earlier + "' where not listed");
  site.temp.sql("update results set execution_id = '" + earlier +
                "' where execution_id not in (select id from executions)");
  CHECK(site.worker.forget_unlisted(std::chrono::hours(1)) == 1);
  CHECK(site.temp.sql("select count(*) from executions where listed") == "1");
  CHECK(site.temp.sql("select count(*) from results") == "1");
}

TEST_CASE("the API's role submits, follows, types, cancels and removes") {
  Site site;
  const auto live = site.submit(true);
  const auto id = site.submit();
  site.store.watch(id);
  CHECK(site.store.cancel(id, "a") == CancelOutcome::kCancelled);
  CHECK(site.store.find(id, "a")->status == Status::kCancelled);
  CHECK(site.store.remove(id, "a") == DeleteOutcome::kDeleted);

  const auto batch = site.submit();
  REQUIRE(site.claim(1, 1).size() == 2);
  site.clients.follow(batch);
  CHECK(site.typed.followed(batch));
  CHECK(site.clients.put_input(live, LiveInputKind::kStdin, "x") == PutInput::kTaken);
  CHECK(site.typed.input(live, 0).size() == 1);
  site.typed.forget_input(live, 1);
  site.typed.publish({{live, {{1, LiveEventKind::kStdout, "y"}}}});
  CHECK(site.clients.events(live, 0).size() == 1);
  site.clients.hold(live, new_uuid7());
  site.clients.let_go(live);
  site.typed.tidy();
  CHECK(site.store.cancel(live, "a") == CancelOutcome::kRequested);
  CHECK(site.worker.cancelled({live, batch}) == std::vector{live});
  CHECK(WorkQueue(site.worker_database, new_uuid7()).cancelled({live}).empty());
}
