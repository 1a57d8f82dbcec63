// Quotas through the API's door, on a real queue.
#include <future>

#include "core/work_queue.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/database_api.hpp"

using namespace runyard;
using test::DatabaseApi;

namespace {

constexpr char kPath[] = "/api/v1/executions";
constexpr char kProgram[] = R"({"language":"python","code":"print"})";

QuotaLimits limits(int queued, int running, int per_minute, int cpu_s_per_day) {
  return {queued, running, per_minute, cpu_s_per_day};
}

int accepted_of(const DatabaseApi& stack, int submissions) {
  std::vector<std::future<Response>> threads;
  for (int i = 0; i < submissions; ++i)
    threads.push_back(std::async(std::launch::async,
                                 [&stack] { return stack.ask("anna", "POST", kPath, kProgram); }));
  int accepted = 0;
  for (auto& thread : threads) {
    const auto response = thread.get();
    CHECK((response.status == 202 || response.status == 429));
    if (response.status == 429) CHECK(response.header("retry-after"));
    accepted += response.status == 202 ? 1 : 0;
  }
  return accepted;
}

std::string detail_of(const Response& response) {
  return *json::parse(response.body).find("detail")->string();
}

/// Claims so many and ends them with that CPU time.
void run(DatabaseApi& stack, int count, std::int64_t cpu_ms, std::vector<TestResult> tests = {}) {
  WorkQueue queue(stack.database, new_uuid7());
  const auto turn = queue.turn({}, count, {"python"});
  REQUIRE(turn.claims.size() == static_cast<std::size_t>(count));
  std::vector<Finished> finished;
  for (const auto& claim : turn.claims) {
    Result result;
    result.status = Status::kCompleted;
    result.wall_ms = result.cpu_ms = cpu_ms;
    result.tests = tests;
    finished.push_back({claim.id, claim.attempt, result});
  }
  queue.turn(finished, 0, {"python"});
}

}  // namespace

TEST_CASE("without a quota nothing is counted") {
  DatabaseApi stack;
  CHECK(accepted_of(stack, 20) == 20);
  CHECK(stack.base.sql("select count(*) from usage") == "0");
}

TEST_CASE("twenty at once do not pass the quota of waiting executions") {
  DatabaseApi stack(false, limits(7, 0, 0, 0));
  CHECK(accepted_of(stack, 20) == 7);
  CHECK(stack.base.sql("select count(*) from queue") == "7");
  const auto refused = stack.ask("anna", "POST", kPath, kProgram);
  CHECK(refused.status == 429);
  CHECK(detail_of(refused) ==
        "the quota 'queued' of 7 waiting executions is used up: 7 wait already");
  CHECK(*refused.header("retry-after") == "2");
  // Another owner's are his own.
  CHECK(stack.ask("bert", "POST", kPath, kProgram).status == 202);
}

TEST_CASE("claimed executions do not wait, but are not over either") {
  DatabaseApi waiting(false, limits(3, 0, 0, 0));
  DatabaseApi running(false, limits(0, 3, 0, 0));
  for (auto* stack : {&waiting, &running}) {
    CHECK(accepted_of(*stack, 20) == 3);
    WorkQueue queue(stack->database, new_uuid7());
    CHECK(queue.turn({}, 2, {"python"}).claims.size() == 2);
  }
  CHECK(accepted_of(waiting, 20) == 2);
  CHECK(accepted_of(running, 20) == 0);
  CHECK_THAT(detail_of(running.ask("anna", "POST", kPath, kProgram)),
             test::contains("the quota 'running' of 3 waiting and running executions is used up: "
                            "3 are not over"));
}

TEST_CASE("twenty at once do not pass the quota of a minute, and deleting makes no room") {
  DatabaseApi stack(false, limits(0, 0, 5, 0));
  CHECK(accepted_of(stack, 20) == 5);
  run(stack, 5, 1);
  stack.base.sql("delete from executions");
  const auto refused = stack.ask("anna", "POST", kPath, kProgram);
  CHECK(refused.status == 429);
  CHECK(detail_of(refused) ==
        "the quota 'per_minute' of 5 submissions a minute is used up: 5 were taken within the last "
        "minute");
  CHECK(std::stoi(*refused.header("retry-after")) <= 60);
  CHECK(std::stoi(*refused.header("retry-after")) > 0);
  stack.base.sql("update usage set since = since - interval '61 s'");
  CHECK(accepted_of(stack, 20) == 5);
}

TEST_CASE("CPU time counts from midnight, of all tests, whatever was deleted since") {
  DatabaseApi stack(false, limits(0, 0, 0, 10));
  CHECK(accepted_of(stack, 3) == 3);
  run(stack, 2, 4000);
  CHECK(stack.base.sql("select cpu_ms from usage") == "8000");
  TestResult test;
  test.cpu_ms = 700;
  run(stack, 1, 700, {test, test, test});
  CHECK(stack.base.sql("select cpu_ms from usage") == "10100");
  stack.base.sql("delete from results");
  stack.base.sql("delete from executions");
  const auto refused = stack.ask("anna", "POST", kPath, kProgram);
  CHECK(refused.status == 429);
  CHECK(detail_of(refused) ==
        "the quota 'cpu_s_per_day' of 10 seconds of CPU time a day is used up: 10100 ms were used "
        "since midnight UTC");
  CHECK(std::stoi(*refused.header("retry-after")) <= 24 * 3600);
  CHECK(stack.ask("bert", "POST", kPath, kProgram).status == 202);
  stack.base.sql("update usage set day = day - 1");
  CHECK(stack.ask("anna", "POST", kPath, kProgram).status == 202);
  CHECK(stack.base.sql("select cpu_ms from usage where owner = 'user:anna'") == "0");
}

TEST_CASE("what ends on a new day counts for that day") {
  DatabaseApi stack(false, limits(0, 0, 0, 10));
  CHECK(accepted_of(stack, 1) == 1);
  stack.base.sql("update usage set day = day - 1, cpu_ms = 9000");
  run(stack, 1, 300);
  CHECK(stack.base.sql("select cpu_ms from usage") == "300");
}

TEST_CASE("a compilation counts with its time, once") {
  DatabaseApi stack(false, limits(0, 0, 0, 10));
  CHECK(accepted_of(stack, 2) == 2);
  WorkQueue queue(stack.database, new_uuid7());
  const auto turn = queue.turn({}, 2, {"python"});
  REQUIRE(turn.claims.size() == 2);
  std::vector<Finished> finished;
  for (const auto& claim : turn.claims) {
    Result result;
    result.status = Status::kCompleted;
    result.cpu_ms = 5;
    result.compile.emplace();
    result.compile->wall_ms = 1000;
    result.compile->cached = !finished.empty();
    finished.push_back({claim.id, claim.attempt, result});
  }
  queue.turn(finished, 0, {"python"});
  CHECK(stack.base.sql("select cpu_ms from usage") == "1010");
}

TEST_CASE("each of a batch keeps within the quota") {
  DatabaseApi stack(false, limits(2, 0, 0, 0));
  const std::string program = kProgram;
  const auto response =
      stack.ask("anna", "POST", std::string(kPath) + "/batch",
                R"({"executions":[)" + program + "," + program + "," + program + "]}");
  CHECK(response.status == 202);
  const auto body = json::parse(response.body);
  const auto& answers = *body.find("executions")->array();
  REQUIRE(answers.size() == 3);
  CHECK(answers[1].find("execution_id"));
  REQUIRE(answers[2].find("error"));
  CHECK(*answers[2].find("error")->find("status")->integer() == 429);
}

TEST_CASE("a repetition by its key counts for nothing, also beyond the quota") {
  DatabaseApi stack(false, limits(0, 0, 1, 0));
  const test::Headers key = {{"idempotency-key", "once"}};
  const auto first = stack.ask("anna", "POST", kPath, kProgram, key);
  CHECK(first.status == 202);
  const auto again = stack.ask("anna", "POST", kPath, kProgram, key);
  CHECK(again.status == 202);
  CHECK(again.body == first.body);
  CHECK(stack.ask("anna", "POST", kPath, R"({"language":"python","code":""})", key).status == 409);
  CHECK(stack.ask("anna", "POST", kPath, kProgram).status == 429);
  CHECK(stack.ask("anna", "POST", kPath, kProgram, {{"idempotency-key", "other"}}).status == 429);
  CHECK(stack.base.sql("select submitted from usage") == "1");
  CHECK(stack.base.sql("select count(*) from idempotency") == "1");
}

TEST_CASE("an owner may have other quotas than everybody") {
  DatabaseApi stack(false, limits(2, 0, 0, 0));
  stack.base.sql(
      "insert into quotas (owner, queued, per_minute) values\n"
      "('user:anna', 5, null), ('user:bert', null, 1), ('user:carl', 0, null)");
  CHECK(accepted_of(stack, 20) == 5);
  CHECK(stack.ask("bert", "POST", kPath, kProgram).status == 202);
  CHECK_THAT(detail_of(stack.ask("bert", "POST", kPath, kProgram)), test::contains("'per_minute'"));
  for (int i = 0; i < 4; ++i) CHECK(stack.ask("carl", "POST", kPath, kProgram).status == 202);
  CHECK(stack.ask("dora", "POST", kPath, kProgram).status == 202);
}

TEST_CASE("rows of owners who are not active are forgotten") {
  DatabaseApi stack(false, limits(9, 0, 0, 0));
  CHECK(accepted_of(stack, 1) == 1);
  CHECK(stack.ask("bert", "POST", kPath, kProgram).status == 202);
  stack.base.sql(
      "update usage set since = since - interval '2 days', day = day - 2 where owner = "
      "'user:bert'");
  WorkQueue(stack.database, new_uuid7()).maintain_partitions(0);
  CHECK(stack.base.sql("select string_agg(owner, ' ') from usage") == "user:anna");
}

TEST_CASE("twenty live runs at once do not pass the bound of one owner's") {
  QuotaLimits five;
  five.live = 5;
  DatabaseApi stack(false, five);
  std::vector<std::future<int>> threads;
  for (int i = 0; i < 20; ++i)
    threads.push_back(std::async(std::launch::async,
                                 [&] { return stack.submit_live("anna", "", kProgram).status; }));
  int accepted = 0;
  for (auto& thread : threads) accepted += thread.get() == 202 ? 1 : 0;
  CHECK(accepted == 5);
  const auto refused = stack.submit_live("anna", "", kProgram);
  CHECK(refused.status == 429);
  CHECK(detail_of(refused) ==
        "the quota 'live_per_owner' of 5 live runs at a time is used up: 5 are not over");
  REQUIRE(refused.header("retry-after"));
  // Others have their own, and what nobody talks to is not counted.
  CHECK(stack.submit_live("bert", "", kProgram).status == 202);
  CHECK(stack.ask("anna", "POST", kPath, kProgram).status == 202);
  CHECK(stack.base.sql("select count(*) from usage") == "0");

  stack.base.sql(
      "delete from queue where id = (select id from queue where owner = 'user:anna' "
      "and live_key is not null limit 1)");
  CHECK(stack.submit_live("anna", "", kProgram).status == 202);
}

TEST_CASE("a live run that is submitted again by its id does not stand in its own way") {
  QuotaLimits one;
  one.live = 1;
  DatabaseApi stack(false, one);
  const auto id = new_uuid7();
  for (int i = 0; i < 2; ++i) {
    const auto response = stack.submit_live("anna", id, kProgram);
    CHECK(response.status == 202);
    CHECK_THAT(response.body, test::contains(id));
  }
  CHECK(stack.base.sql("select count(*) from queue") == "1");
  CHECK(stack.submit_live("anna", new_uuid7(), kProgram).status == 429);
}

TEST_CASE("owners whose live runs are not bounded have any number") {
  DatabaseApi stack;
  for (int i = 0; i < 20; ++i) CHECK(stack.submit_live("anna", "", kProgram).status == 202);
}
