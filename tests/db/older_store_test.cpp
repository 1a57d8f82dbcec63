// What the older interfaces keep in the database, and what their reports read of it.
#include "core/older_store.hpp"

#include "core/execution_store.hpp"
#include "core/ids.hpp"
#include "core/work_queue.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temp_database.hpp"

using namespace runyard;
using runyard::test::TempDatabase;

namespace {

struct Bench {
  TempDatabase temp;
  Database database{temp.options(), 2};
  ExecutionStore executions{database};
  WorkQueue queue{database, new_uuid7()};
  StoredOlder older{database};

  std::string submit(const std::string& owner, Origin origin, const std::string& code = "print(1)",
                     const std::string& project = "") {
    NewExecution execution;
    execution.id = new_uuid7();
    execution.owner = owner;
    execution.origin = origin;
    execution.submission.language = "python";
    execution.submission.asked_language = "python3";
    execution.submission.version = "3.13";
    execution.submission.files = {{"main.py", code}};
    execution.submission.entry = "main.py";
    execution.submission.project_id = project;
    executions.submit(execution);
    return execution.id;
  }
  void finish(const Result& result) {
    auto claims = queue.turn({}, 10, {"python"}).claims;
    std::vector<Finished> finished;
    for (const auto& claim : claims) finished.push_back({claim.id, claim.attempt, result});
    queue.turn(finished, 0, {});
  }
  std::string shown(const std::string& id) const {
    return temp.sql(
        "select concat_ws('|', language, code, status, stdout, stderr, exec_time_ms, "
        "question_id, passed_count, total_count, memory_used, created_at is not null) "
        "from submissions where id = '" +
        id + "'");
  }
};

Result completed() {
  Result result;
  result.status = Status::kCompleted;
  result.output = std::string("ok\xff\0", 4);
  result.exit_code = 0;
  result.wall_ms = 12;
  result.memory_kb = 9000;
  return result;
}

}  // namespace

TEST_CASE("a history shows what is over, the newest first, to its owner") {
  Bench bench;
  const auto first = bench.submit("account:1", Origin::kLearning, "1", "4");
  const auto second = bench.submit("account:1", Origin::kLearning, "2");
  const auto others = bench.submit("account:2", Origin::kLearning, "3");
  const auto first_id = bench.older.add_history("account:1", first);
  const auto second_id = bench.older.add_history("account:1", second);
  const auto others_id = bench.older.add_history("account:2", others);
  bench.older.add_history("account:1", new_uuid7());  // never submitted
  CHECK(first_id < second_id);
  CHECK(bench.older.add_history("account:1", first) == first_id);
  CHECK(bench.older.history("account:1", "", 10).empty());
  CHECK_FALSE(bench.older.history_entry("account:1", first_id));

  bench.finish(completed());
  const auto all = bench.older.history("account:1", "", 10);
  REQUIRE(all.size() == 2);
  CHECK(all[0].id == second_id);
  CHECK(all[0].execution_id == second);
  CHECK(all[1].execution_id == first);
  CHECK(bench.older.history("account:1", "", 1).size() == 1);
  const auto of_project = bench.older.history("account:1", "4", 10);
  REQUIRE(of_project.size() == 1);
  CHECK(of_project[0].execution_id == first);

  CHECK(bench.older.history_entry("account:1", first_id)->execution_id == first);
  CHECK_FALSE(bench.older.history_entry("account:1", others_id));
  CHECK_FALSE(bench.older.history_entry("account:1", 999));
  bench.older.remove_history("account:2", first);
  CHECK(bench.older.history_entry("account:1", first_id));
  bench.older.remove_history("account:1", first);
  CHECK_FALSE(bench.older.history_entry("account:1", first_id));
  // What its owner deleted natively is gone from here too.
  bench.executions.remove(second, "account:1");
  CHECK(bench.older.history("account:1", "", 10).empty());
}

TEST_CASE("the newest of the spec engine's interface are its own and the owner's") {
  Bench bench;
  bench.submit("addr:a", Origin::kNative);
  const auto one = bench.submit("addr:a", Origin::kSpec);
  const auto two = bench.submit("addr:a", Origin::kSpec);
  bench.submit("addr:b", Origin::kSpec);
  CHECK(bench.older.newest_spec("addr:a", 50) == std::vector<std::string>{two, one});
  CHECK(bench.older.newest_spec("addr:a", 1) == std::vector<std::string>{two});
}

TEST_CASE("select * from submissions") {
  Bench bench;
  const auto native = bench.submit("addr:a", Origin::kNative);
  const auto id = bench.submit("addr:a", Origin::kSpec, "print('a\nb')");
  CHECK(bench.shown(id) == "python3|print('a\nb')|PENDING|||0||0|0|0|t");
  CHECK(bench.shown(native).empty());
  const auto claims = bench.queue.turn({}, 1, {"python"}).claims;
  REQUIRE(claims.size() == 1);
  bench.queue.turn({{claims[0].id, claims[0].attempt, completed()}}, 1, {"python"});
  CHECK(bench.shown(id) == "python3|print('a\nb')|PROCESSING|||0||0|0|0|t");
}

TEST_CASE("a submission's outcome as its table has it") {
  Bench bench;
  const auto end = [&](const Result& result) {
    const auto id = bench.submit("addr:a", Origin::kSpec, "x");
    bench.finish(result);
    return bench.shown(id);
  };
  CHECK(end(completed()) == "python3|x|SUCCESS|ok\xef\xbf\xbd\xef\xbf\xbd||12||0|0|9000|t");
  auto result = completed();
  result.status = Status::kFailed;
  result.reason = Reason::kWrongAnswer;
  result.output.clear();
  result.tests.resize(3);
  result.tests[1].status = Status::kFailed;
  result.tests[1].output = std::string("\0", 1);
  result.tests[2].skipped = true;
  result.tests[2].status = Status::kCancelled;
  CHECK(end(result) == "python3|x|FAILURE|||12||1|3|9000|t");
  result.tests.clear();
  result.reason = Reason::kRuntimeError;
  CHECK(end(result) == "python3|x|ERROR|||12||0|0|9000|t");
  result.status = Status::kTimeout;
  result.reason = Reason::kWallTime;
  CHECK(end(result) == "python3|x|TIMEOUT|||12||0|0|9000|t");
}

TEST_CASE("dropping old months takes the numbers of their executions along") {
  Bench bench;
  const auto kept = bench.submit("account:1", Origin::kLearning);
  bench.older.add_history("account:1", kept);
  bench.temp.sql("select ensure_partitions(now() - interval '1 year', 0)");
  const auto old = bench.temp.sql("select uuid7_floor(now() - interval '1 year')");
  bench.older.add_history("account:1", old);
  const auto early = new_uuid7();  // its execution is just being submitted
  bench.older.add_history("account:1", early);
  CHECK(bench.temp.sql("select drop_partitions(now() - interval '2 months')") == "1");
  CHECK(bench.temp.sql(
            "select string_agg(execution_id::text, ' ' order by id) from learning_history") ==
        kept + " " + early);
}
