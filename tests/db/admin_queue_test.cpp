// The commands worker, queue and webhook against a database.
#include <future>

#include "core/execution_store.hpp"
#include "core/ids.hpp"
#include "core/json.hpp"
#include "core/listener.hpp"
#include "core/work_queue.hpp"
#include "tests/support/admin_run.hpp"
#include "tests/support/await.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temp_database.hpp"

using namespace runyard;
using namespace runyard::test;

namespace {

constexpr char kNoId[] = "01890000-0000-7000-8000-000000000000";

struct Desk {
  TempDatabase base;
  Database database{base.options(), 3};
  ExecutionStore store{database};
  std::string worker_id = new_uuid7();
  WorkQueue worker{database, worker_id};

  std::string submit(const std::string& owner = "a", const std::string& callback = "") {
    Submission s;
    s.language = "python";
    s.version = "3";
    s.files = {{"main.py", "print()"}};
    s.entry = "main.py";
    NewExecution execution{new_uuid7(), owner, s, false, "", ""};
    execution.callback_url = callback;
    store.submit(execution);
    return execution.id;
  }
  Claim claim() {
    auto turn = worker.turn({}, 1, {"python"});
    REQUIRE(turn.claims.size() == 1);
    return turn.claims[0];
  }
  bool record(WorkQueue& queue, const Claim& claim) {
    Result result;
    result.status = Status::kCompleted;
    result.exit_code = 0;
    return !queue.turn({{claim.id, claim.attempt, result}}, 0, {}).recorded.empty();
  }
  AdminRun run(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "--db=" + base.options());
    return run_admin(std::move(arguments));
  }
  std::string done(std::vector<std::string> arguments) {
    const auto result = run(std::move(arguments));
    INFO(result.err);
    CHECK(result.code == 0);
    return result.out;
  }
  std::string refused(std::vector<std::string> arguments) {
    const auto result = run(std::move(arguments));
    CHECK(result.out.empty());
    CHECK(is_one_line(result.err));
    return std::to_string(result.code) + " " + result.err;
  }
  json::Value worker_row() {
    const auto rows = json::parse(done({"worker", "list", "--json"}));
    REQUIRE(rows.array()->size() == 1);
    return (*rows.array())[0];
  }
};

const WorkerState kState{"host-1", 2, 1, 3, {"python", "cpp"}};

}  // namespace

TEST_CASE("workers are listed with what they do") {
  Desk desk;
  CHECK(desk.done({"worker", "list", "--json"}) == "[]\n");
  desk.worker.heartbeat({}, kState);
  desk.submit();
  desk.claim();
  const auto row = desk.worker_row();
  CHECK(*row.find("id")->string() == desk.worker_id);
  CHECK(*row.find("state")->string() == "working");
  CHECK(*row.find("holds")->integer() == 1);
  CHECK(*row.find("images")->integer() == 2);
  CHECK_THAT(desk.done({"worker", "list"}), contains("host-1") && contains("working"));
  desk.base.sql("update workers set seen_at = now() - interval '20 s'");
  CHECK(*desk.worker_row().find("state")->string() == "lost");
}

TEST_CASE("draining is written for the worker and told to it, by id and by host") {
  Desk desk;
  desk.worker.heartbeat({}, kState);
  std::promise<std::string> told;
  std::promise<void> ready;
  const Listener listener(
      desk.base.options(), {kWorkerChannel},
      [&](const std::string&, const std::string& payload) { told.set_value(payload); },
      [&] { ready.set_value(); });
  ready.get_future().wait();
  CHECK_THAT(desk.done({"worker", "drain", desk.worker_id}), contains("drains"));
  CHECK(told.get_future().get() == desk.worker_id);
  CHECK(*desk.worker_row().find("state")->string() == "draining");
  auto state = kState;
  CHECK(desk.worker.heartbeat({}, state).draining);
  CHECK(*desk.worker_row().find("state")->string() == "draining");
  state.draining = state.drained = true;
  CHECK(desk.worker.heartbeat({}, state).draining);
  CHECK(*desk.worker_row().find("state")->string() == "drained");
}

TEST_CASE("undraining takes both back, whatever the worker still believes") {
  Desk desk;
  auto state = kState;
  state.draining = state.drained = true;
  CHECK(desk.worker.heartbeat({}, state).draining);
  CHECK_THAT(desk.done({"worker", "undrain", "host-1"}), contains("works again"));
  CHECK(*desk.worker_row().find("state")->string() == "working");
  CHECK_FALSE(desk.worker.heartbeat({}, state).draining);
  CHECK(*desk.worker_row().find("state")->string() == "working");
}

TEST_CASE("a draining worker whose row was lost writes it again as it was") {
  Desk desk;
  auto state = kState;
  desk.worker.heartbeat({}, state);
  desk.done({"worker", "drain", "host-1"});
  state.draining = desk.worker.heartbeat({}, state).draining;
  desk.base.sql("truncate workers");
  CHECK(desk.worker.heartbeat({}, state).draining);
  CHECK(*desk.worker_row().find("state")->string() == "draining");
}

TEST_CASE("drain --wait comes back when the worker has said that it holds nothing") {
  Desk desk;
  auto state = kState;
  desk.worker.heartbeat({}, state);
  auto wait = std::async(std::launch::async, [&] {
    return desk.done({"worker", "drain", "host-1", "--wait=30"});
  });
  REQUIRE(await([&] { return desk.base.sql("select draining from workers") == "t"; }));
  state.draining = true;
  desk.worker.heartbeat({}, state);
  CHECK(wait.wait_for(std::chrono::milliseconds(500)) == std::future_status::timeout);
  state.drained = true;
  desk.worker.heartbeat({}, state);
  CHECK_THAT(wait.get(), contains("is drained"));
}

TEST_CASE("drain --wait does not wait for a worker that is lost, nor for ever") {
  Desk desk;
  desk.worker.heartbeat({}, kState);
  const auto late = desk.run({"worker", "drain", "host-1", "--wait=1"});
  CHECK(late.code == 1);
  CHECK_THAT(late.err, contains("is not drained after 1 s"));
  desk.base.sql("update workers set seen_at = now() - interval '20 s'");
  CHECK_THAT(desk.done({"worker", "drain", "host-1", "--wait=30"}), contains("is lost"));
  CHECK_THAT(desk.refused({"worker", "drain", "host-2"}),
             contains("3 runyard-admin: there is no worker"));
  CHECK_THAT(desk.refused({"worker", "undrain", kNoId}),
             contains("3 runyard-admin: there is no worker"));
}

TEST_CASE("drain --wait says of a worker that has left that it is not there, not that it drains") {
  Desk desk;
  desk.worker.heartbeat({}, kState);
  auto wait = std::async(std::launch::async, [&] {
    return desk.run({"worker", "drain", "host-1", "--wait=6"});
  });
  REQUIRE(await([&] { return desk.base.sql("select draining from workers") == "t"; }));
  desk.base.sql("delete from workers");
  const auto run = wait.get();
  CHECK(run.code == 1);
  CHECK_THAT(run.err, contains("is not listed any more after 6 s; it has ended, or is back"));
}

TEST_CASE("the queue is shown with its owners and what runs") {
  Desk desk;
  CHECK_THAT(desk.done({"queue", "show"}), contains("queued 0, running 0"));
  const auto running = desk.submit("anna");
  desk.claim();
  for (int i = 0; i < 3; ++i) desk.submit("bert");
  const auto text = desk.done({"queue", "show"});
  CHECK_THAT(text, contains("queued 3 (the oldest for") && contains("running 1") &&
                       contains(running) && contains("bert"));
  const auto shown = json::parse(desk.done({"queue", "show", "--json"}));
  CHECK(*shown.find("queued")->integer() == 3);
  CHECK(*shown.find("running")->integer() == 1);
  CHECK(*(*shown.find("owners")->array())[0].find("owner")->string() == "bert");
  const auto& one = (*shown.find("executions")->array())[0];
  CHECK(*one.find("execution")->string() == running);
  CHECK(*one.find("worker")->string() == desk.worker_id);
  CHECK(json::parse(desk.done({"queue", "show", "--most", "1", "--json"}))
            .find("owners")
            ->array()
            ->size() == 1);
}

TEST_CASE(
    "a requeued execution is another's, and the result of the worker that hung does not count") {
  Desk desk;
  const auto id = desk.submit();
  const auto old = desk.claim();
  CHECK_THAT(desk.done({"queue", "requeue", id}), contains("is queued again"));
  CHECK(desk.worker.heartbeat({id}, kState).held.empty());
  WorkQueue other(desk.database, new_uuid7());
  const auto claims = other.turn({}, 1, {"python"}).claims;
  REQUIRE(claims.size() == 1);
  CHECK(claims[0].attempt == 2);
  CHECK_FALSE(desk.record(desk.worker, old));
  CHECK(desk.record(other, claims[0]));
  CHECK(desk.base.sql("select count(*) from results") == "1");
}

TEST_CASE("what cannot be queued again is refused, and nothing changes") {
  Desk desk;
  const auto id = desk.submit();
  CHECK_THAT(desk.refused({"queue", "requeue", id}),
             contains("3 runyard-admin: execution " + id + " waits in the queue"));
  const auto claim = desk.claim();
  desk.base.sql("update queue set attempt = 3");
  CHECK_THAT(desk.refused({"queue", "requeue", id}), contains("is in its last attempt"));
  CHECK(desk.base.sql("select worker from queue") == desk.worker_id);
  CHECK(desk.record(desk.worker, {id, 3, "a", "", false, false}));
  CHECK_THAT(desk.refused({"queue", "requeue", id}),
             contains("3 runyard-admin: execution " + id + " is over"));
  CHECK_THAT(desk.refused({"queue", "requeue", kNoId}),
             contains("3 runyard-admin: there is no execution"));
  CHECK_THAT(desk.refused({"queue", "requeue", "x"}),
             contains("2 runyard-admin: EXECUTION must be a UUID"));
  CHECK_THAT(desk.refused({"queue", "requeue"}), contains("2 runyard-admin: name an EXECUTION"));
  CHECK_THAT(desk.refused({"queue", "requeue", id, "--worker", desk.worker_id}),
             contains("2 runyard-admin: name an EXECUTION"));
  CHECK_THAT(desk.refused({"queue", "requeue", "--worker", kNoId}),
             contains("3 runyard-admin: worker"));
  CHECK_THAT(desk.refused({"queue", "requeue", "--worker", "x"}),
             contains("2 runyard-admin: --worker must be a UUID"));
  static_cast<void>(claim);
}

TEST_CASE("an execution that was to be cancelled ends so when it is taken from its worker") {
  Desk desk;
  const auto id = desk.submit();
  desk.claim();
  CHECK_THAT(desk.done({"queue", "cancel", id}), contains("its worker was asked to kill it"));
  CHECK_THAT(desk.done({"queue", "requeue", id}), contains("was to be cancelled"));
  WorkQueue other(desk.database, new_uuid7());
  CHECK(other.turn({}, 1, {"python"}).claims.empty());
  CHECK(await([&] { return other.end_lost() == 1; }));
  CHECK(desk.base.sql("select status from results") == "CANCELLED");
}

TEST_CASE(
    "all of a worker are queued again but what is in its last attempt, and what is to be "
    "cancelled") {
  Desk desk;
  const auto first = desk.submit();
  const auto second = desk.submit();
  const auto third = desk.submit();
  for (int i = 0; i < 3; ++i) desk.claim();
  desk.done({"queue", "cancel", third});
  desk.base.sql("update queue set attempt = 3 where id = '" + second + "'");
  const auto run = desk.run({"queue", "requeue", "--worker", desk.worker_id});
  CHECK(run.code == 0);
  CHECK(run.out == first + "\n");
  CHECK_THAT(run.err, contains(second + " is in its last attempt") &&
                          contains(third + " was to be cancelled, and ends so"));
  CHECK(desk.base.sql("select count(*) from queue where worker is null") == "1");
}

TEST_CASE("the operator cancels anybody's execution") {
  Desk desk;
  const auto id = desk.submit("anna");
  CHECK_THAT(desk.done({"queue", "cancel", id}), contains("is cancelled"));
  CHECK(desk.store.find(id, "anna")->status == Status::kCancelled);
  CHECK_THAT(desk.refused({"queue", "cancel", id}),
             contains("3 runyard-admin: execution " + id + " is over"));
  CHECK_THAT(desk.refused({"queue", "cancel", kNoId}),
             contains("3 runyard-admin: there is no execution"));
}

TEST_CASE("failed webhooks are listed and sent again") {
  Desk desk;
  const auto given_up = desk.submit("anna", "https://example.com/a");
  const auto waiting = desk.submit("anna", "https://example.com/b");
  for (int i = 0; i < 2; ++i) CHECK(desk.record(desk.worker, desk.claim()));
  desk.base.sql(
      "update webhooks set state = 'FAILED', attempt = 8, finished_at = now() where execution_id = "
      "'" +
      given_up + "'");
  desk.base.sql(
      "insert into webhook_attempts (webhook_id, attempt, error) select id, 8, 'refused' from "
      "webhooks where state = 'FAILED'");
  const auto failed = json::parse(desk.done({"webhook", "list", "--failed", "--json"}));
  REQUIRE(failed.array()->size() == 1);
  const auto& row = (*failed.array())[0];
  CHECK(*row.find("execution")->string() == given_up);
  CHECK(*row.find("last_error")->string() == "refused");
  CHECK_THAT(desk.done({"webhook", "list"}),
             contains(waiting) && contains("https://example.com/b"));
  CHECK_THAT(desk.done({"webhook", "redeliver", *row.find("id")->string()}),
             contains("is due now"));
  CHECK(desk.base.sql("select count(*) from webhooks where state = 'PENDING'") == "2");
  CHECK_THAT(desk.done({"webhook", "redeliver", given_up}), contains("is due now"));
  CHECK_THAT(desk.refused({"webhook", "redeliver", kNoId}),
             contains("3 runyard-admin: there is no webhook"));
}
