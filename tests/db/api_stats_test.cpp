// Figures of an owner's executions.
#include "tests/support/catch.hpp"
#include "tests/support/stored_api.hpp"

using namespace runyard;
using namespace runyard::test;

namespace {

constexpr char kPath[] = "/api/v1/stats";

void run(StoredApi& stack, const std::string& language, Status status, std::int64_t wall_ms) {
  REQUIRE(
      stack.ask("POST", "/api/v1/executions", R"({"language":")" + language + R"(","code":"1"})")
          .status == 202);
  auto result = completed("");
  result.wall_ms = wall_ms;
  result.status = status;
  if (status == Status::kFailed) result.reason = Reason::kRuntimeError;
  stack.finish(result);
}

json::Value stats(StoredApi& stack, const std::string& query = "") {
  const auto answer = stack.ask("GET", kPath + query);
  INFO(answer.body);
  REQUIRE(answer.status == 200);
  return json::parse(answer.body);
}

}  // namespace

TEST_CASE("figures are grouped by language and status, with percentiles") {
  StoredApi stack;
  for (int i = 1; i <= 100; ++i) run(stack, "python", Status::kCompleted, i);
  run(stack, "python", Status::kFailed, 5);
  run(stack, "cpp", Status::kCompleted, 9);
  REQUIRE(stack.ask("POST", "/api/v1/executions", R"({"language":"cpp","code":"1"})").status ==
          202);
  const auto answer = stats(stack);
  CHECK(*answer.find("count")->integer() == 103);
  CHECK(*answer.find("complete")->boolean());
  CHECK(answer.find("rate_per_minute")->number_or(0) == Approx(103.0 / 1440));
  CHECK(*answer.find("by_status")->find("COMPLETED")->integer() == 101);
  CHECK(*answer.find("by_status")->find("QUEUED")->integer() == 1);
  const auto& groups = *answer.find("groups")->array();
  REQUIRE(groups.size() == 4);
  const auto& python = groups[2];
  CHECK(*python.find("language")->string() == "python");
  CHECK(*python.find("status")->string() == "COMPLETED");
  CHECK(*python.find("count")->integer() == 100);
  const auto* time = python.find("execution_time");
  CHECK(time->find("mean")->number_or(0) == Approx(50.5));
  CHECK(*time->find("p50")->integer() == 50);
  CHECK(*time->find("p90")->integer() == 90);
  CHECK(*time->find("p99")->integer() == 99);
  CHECK(*time->find("max")->integer() == 100);
  CHECK(python.find("queue_ms")->find("p50")->integer());
  CHECK(*groups[1].find("status")->string() == "QUEUED");
  CHECK(groups[1].find("execution_time")->find("p50")->is_null());
  CHECK(*answer.find("service")->find("queued")->integer() == 1);
  CHECK(answer.find("bucket")->is_null());
  CHECK(answer.find("buckets")->array()->empty());
}

TEST_CASE("figures are the caller's own, without what no history shows") {
  StoredApi stack;
  run(stack, "python", Status::kCompleted, 1);
  REQUIRE(stack
              .ask("POST", "/api/v1/executions",
                   R"({"language":"python","code":"1","save_history":false})")
              .status == 202);
  CHECK(*stats(stack).find("count")->integer() == 1);
  stack.address = "192.0.2.9";
  CHECK(*stats(stack).find("count")->integer() == 0);
}

TEST_CASE("figures are filtered by time, language and status, and put into buckets") {
  StoredApi stack;
  run(stack, "python", Status::kCompleted, 1);
  run(stack, "cpp", Status::kFailed, 1);
  CHECK(*stats(stack, "?language=py").find("count")->integer() == 1);
  CHECK(*stats(stack, "?status=FAILED").find("count")->integer() == 1);
  CHECK(*stats(stack, "?since=2026-01-01T00:00:00Z&until=2026-01-02T00:00:00Z")
             .find("count")
             ->integer() == 0);
  stack.temp.sql("update executions set created_at = created_at - interval '20 s'");
  const auto answer = stats(stack, "?bucket=hour");
  REQUIRE(answer.find("buckets")->array()->size() == 1);
  const auto& bucket = answer.find("buckets")->array()->at(0);
  CHECK(*bucket.find("by_status")->find("COMPLETED")->integer() == 1);
  CHECK(*bucket.find("by_status")->find("FAILED")->integer() == 1);
  CHECK(bucket.find("start")->string()->size() == 24);
  CHECK(*bucket.find("start")->string() >= *answer.find("since")->string());
}

TEST_CASE("a bucket has the percentiles of all that it counts") {
  StoredApi stack;
  for (int i = 1; i <= 10; ++i) run(stack, "python", Status::kCompleted, i);
  run(stack, "cpp", Status::kFailed, 1000);
  stack.temp.sql("update executions set created_at = created_at - interval '20 s'");
  const auto bucket_of = [&](const std::string& query) {
    const auto answer = stats(stack, "?bucket=day" + query);
    REQUIRE(answer.find("buckets")->array()->size() == 1);
    return answer.find("buckets")->array()->front();
  };
  const auto all = bucket_of("");
  CHECK(*all.find("by_status")->find("COMPLETED")->integer() == 10);
  CHECK(*all.find("by_status")->find("FAILED")->integer() == 1);
  CHECK(*all.find("execution_time")->find("p50")->integer() == 6);
  CHECK(*all.find("execution_time")->find("max")->integer() == 1000);
  CHECK(all.find("queue_ms")->find("p99")->integer());
  const auto python = bucket_of("&language=python");
  CHECK_FALSE(python.find("by_status")->find("FAILED"));
  CHECK(*python.find("execution_time")->find("max")->integer() == 10);
}

TEST_CASE("a range that is wrong or too much is refused by field") {
  StoredApi stack;
  const auto fields = [&](const std::string& query) {
    return fields_of(stack.ask("GET", std::string(kPath) + "?" + query));
  };
  CHECK(fields("since=yesterday&until=x&status=DONE&bucket=week&foo=1") ==
        "status since until bucket foo ");
  CHECK(fields("since=2026-01-02T00:00:00Z&until=2026-01-02T00:00:00Z") == "since ");
  CHECK(fields("since=2026-01-01T00:00:00Z&until=2026-02-01T00:00:00.001Z") == "since ");
  CHECK(fields("since=2026-01-01T00:00:00Z&until=2026-01-31T00:00:00Z&bucket=minute") == "bucket ");
  const auto answer = stats(stack, "?since=2026-01-01T00:00:00.250Z");
  CHECK(*answer.find("since")->string() == "2026-01-01T00:00:00.250Z");
  CHECK(*answer.find("until")->string() == "2026-01-02T00:00:00.250Z");
}

TEST_CASE("the service's figures count live workers only") {
  StoredApi stack;
  WorkQueue queue(stack.database, new_uuid7());
  queue.heartbeat({}, {"host", 2, 1, 3, {"python"}});
  stack.temp.sql(
      "insert into workers (id, host, slots, running, warm, images, seen_at) values "
      "(gen_random_uuid(), 'dead', 9, 9, 9, '{}', now() - interval '1 min')");
  const auto service = *stats(stack).find("service");
  CHECK(*service.find("live_workers")->integer() == 1);
  CHECK(*service.find("slots")->integer() == 2);
  CHECK(*service.find("busy_slots")->integer() == 1);
  CHECK(*service.find("warm_sandboxes")->integer() == 3);
  CHECK(service.find("oldest_queued_ms")->is_null());
}
