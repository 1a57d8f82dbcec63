// callback_url and the routes of deliveries, over a database of their own.
#include "tests/support/catch.hpp"
#include "tests/support/stored_api.hpp"

using namespace runyard;
using namespace runyard::test;

namespace {

constexpr char kPath[] = "/api/v1/executions";
constexpr char kSecret[] = "/api/v1/auth/webhook-secret";
const std::string kUrl = R"("callback_url":"https://A.test/hook?x=1")";

std::string path_of(const std::string& id) { return std::string(kPath) + "/" + id + "/webhooks"; }

std::string submitted(StoredApi& stack, const std::string& more = "") {
  const auto answer = stack.ask("POST", kPath, R"({"language":"python","code":"1")" + more + "}");
  INFO(answer.body);
  REQUIRE(answer.status == 202);
  return text_of(answer, "execution_id");
}

json::Array deliveries(StoredApi& stack, const std::string& id) {
  const auto answer = stack.ask("GET", path_of(id));
  INFO(answer.body);
  REQUIRE(answer.status == 200);
  return *json::parse(answer.body).find("webhooks")->array();
}

}  // namespace

TEST_CASE("a submission's callback_url becomes a delivery when it ends") {
  StoredApi stack;
  const auto id = submitted(stack, "," + kUrl);
  const auto plain = submitted(stack);
  CHECK(deliveries(stack, id).empty());
  CHECK(stack.ask("POST", path_of(id) + "/redeliver").status == 409);
  stack.finish(completed("hi"));
  CHECK(deliveries(stack, plain).empty());
  const auto all = deliveries(stack, id);
  REQUIRE(all.size() == 1);
  CHECK(*all[0].find("url")->string() == "https://a.test/hook?x=1");
  CHECK(*all[0].find("state")->string() == "PENDING");
  CHECK(all[0].find("next_attempt_at")->string());
  CHECK(all[0].find("finished_at")->is_null());
  CHECK(all[0].find("attempts")->array()->empty());
}

TEST_CASE("the log of a delivery shows each attempt, and a redelivery begins anew") {
  StoredApi stack;
  const auto id = submitted(stack, "," + kUrl);
  stack.finish(completed("hi"));
  WebhookWish wish;
  wish.want = wish.per_origin = wish.per_owner = 1;
  const auto worker = new_uuid7();
  const auto due = stack.webhooks.claim(worker, wish).at(0);
  stack.webhooks.record(worker, {due.id, 1, 12, 0, "it did not answer in time", false, {}});
  auto one = deliveries(stack, id).at(0);
  CHECK(*one.find("state")->string() == "FAILED");
  CHECK(one.find("next_attempt_at")->is_null());
  CHECK(one.find("finished_at")->string());
  const auto& attempt = one.find("attempts")->array()->at(0);
  CHECK(*attempt.find("attempt")->integer() == 1);
  CHECK(*attempt.find("duration_ms")->integer() == 12);
  CHECK(attempt.find("status")->is_null());
  CHECK(*attempt.find("error")->string() == "it did not answer in time");

  const auto again = stack.ask("POST", path_of(id) + "/redeliver");
  CHECK(again.status == 202);
  CHECK(text_of(again, "webhook_id") == due.id);
  CHECK(text_of(again, "state") == "PENDING");
  stack.webhooks.record(worker, {due.id, 1, 12, 200, "", true, {}});  // nobody sends it now
  CHECK(*deliveries(stack, id).at(0).find("state")->string() == "PENDING");
}

TEST_CASE("deliveries of others are not there") {
  StoredApi stack;
  const auto id = submitted(stack, "," + kUrl);
  stack.finish(completed("hi"));
  stack.temp.sql("update webhooks set state = 'FAILED', finished_at = now()");
  const auto* other = "192.0.2.7";
  CHECK(stack.ask_as(other, "GET", path_of(id)).status == 404);
  CHECK(stack.ask_as(other, "POST", path_of(id) + "/redeliver").status == 404);
  CHECK(*deliveries(stack, id).at(0).find("state")->string() == "FAILED");
  CHECK(stack.ask("GET", path_of(new_uuid7())).status == 404);
  CHECK(stack.ask("GET", path_of("x")).status == 404);
  CHECK(stack.ask("POST", path_of("x") + "/redeliver").status == 404);
  CHECK(stack.ask("GET", path_of(id) + "?page=2").status == 422);
  CHECK(stack.ask("POST", path_of(id) + "/redeliver", R"({"force":true})").status == 422);
}

TEST_CASE("batches and runs of sessions have a callback_url too") {
  StoredApi stack;
  const auto batch =
      stack.ask("POST", std::string(kPath) + "/batch",
                R"({"executions":[{"language":"python","code":"1",)" + kUrl +
                    R"(},{"language":"python","code":"1","callback_url":"ftp://a"}]})");
  REQUIRE(batch.status == 202);
  const auto json = json::parse(batch.body);
  const auto& items = *json.find("executions")->array();
  CHECK(*items[1].find("error")->find("errors")->array()->at(0).find("field")->string() ==
        "callback_url");
  stack.authenticator.account = 1;
  const auto session = stack.ask(
      "POST", "/api/v1/code-sessions",
      R"({"user_id":1,"problem_id":"11111111-1111-1111-1111-111111111111","language":"python"})");
  INFO(session.body);
  REQUIRE(session.status == 201);
  const auto runs = "/api/v1/code-sessions/" + text_of(session, "session_id") + "/run";
  CHECK(stack.ask("POST", runs, R"({"callback_url":"http://u:p@a.test/"})").status == 422);
  const auto run = stack.ask("POST", runs, "{" + kUrl + "}");
  REQUIRE(run.status == 202);
  stack.finish(completed("hi"));
  CHECK(deliveries(stack, text_of(run, "execution_id")).size() == 1);
  stack.authenticator.account.reset();
  CHECK(deliveries(stack, *items[0].find("execution_id")->string()).size() == 1);
}

TEST_CASE("each owner reads and changes a secret of his own") {
  StoredApi stack;
  const auto first = text_of(stack.ask("GET", kSecret), "secret");
  CHECK(first.rfind("whsec_", 0) == 0);
  CHECK(text_of(stack.ask("GET", kSecret), "secret") == first);
  CHECK(text_of(stack.ask_as("192.0.2.7", "GET", kSecret), "secret") != first);
  const auto changed = stack.ask("POST", kSecret);
  CHECK(changed.status == 200);
  CHECK(text_of(changed, "secret") != first);
  CHECK(text_of(stack.ask("GET", kSecret), "secret") == text_of(changed, "secret"));
  CHECK(stack.webhooks.secrets("addr:192.0.2.1").size() == 2);
  CHECK(stack.ask("GET", std::string(kSecret) + "?a=1").status == 422);
}
