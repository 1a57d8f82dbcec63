// Figures and the history's short form through the whole stack.
#include "tests/support/catch.hpp"
#include "tests/support/http_client.hpp"

using namespace runyard;
using namespace runyard::test;

TEST_CASE("an owner's figures grow with what he runs, others' do not") {
  HttpClient client(test_url(), "127.0.0.41");
  const auto count = [&client](const std::string& query) {
    const auto answer = client.get("/api/v1/stats" + query);
    INFO(answer.body);
    REQUIRE(answer.status == 200);
    return *answer.json().find("count")->integer();
  };
  const auto before = count("?language=python");
  const auto failed = count("?status=FAILED");
  run_to_end(client, submission("python", "print(1)"));
  run_to_end(client, submission("python", "raise SystemExit(1)"));
  HttpClient other(test_url(), "127.0.0.42");
  run_to_end(other, submission("python", "print(1)"));
  CHECK(count("?language=python") == before + 2);
  CHECK(count("?status=FAILED") == failed + 1);
  const auto answer = client.get("/api/v1/stats?bucket=minute").json();
  CHECK_FALSE(answer.find("buckets")->array()->empty());
  const auto& group = answer.find("groups")->array()->at(0);
  CHECK(group.find("execution_time")->find("p50")->integer());
  CHECK(group.find("queue_ms")->find("p99")->integer());
  CHECK(*answer.find("service")->find("live_workers")->integer() >= 1);
  CHECK(client.get("/api/v1/stats?since=x").status == 422);
}

TEST_CASE("an execution without history is in no list, and is read by its id") {
  HttpClient client(test_url(), "127.0.0.43");
  const auto ended =
      run_to_end(client, submission("python", "print('once')", R"("save_history":false)"));
  const auto id = text_at(ended, "execution_id");
  CHECK(text_at(client.get(std::string(kExecutions) + "/" + id).json(), "stdout") == "once\n");
  CHECK(client.get(kExecutions).body.find(id) == std::string::npos);
}
