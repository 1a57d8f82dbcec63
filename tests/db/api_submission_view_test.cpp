// What was submitted, as its owner reads it again.
#include "tests/support/catch.hpp"
#include "tests/support/stored_api.hpp"

using namespace runyard;
using namespace runyard::test;

namespace {

constexpr char kPath[] = "/api/v1/executions";

std::string submitted(StoredApi& stack, const std::string& body) {
  const auto answer = stack.ask("POST", kPath, body);
  INFO(answer.body);
  REQUIRE(answer.status == 202);
  return text_of(answer, "execution_id");
}

std::string submission_of(StoredApi& stack, const std::string& id) {
  const auto answer = stack.ask("GET", std::string(kPath) + "/" + id + "/submission");
  INFO(answer.body);
  REQUIRE(answer.status == 200);
  return answer.body;
}

std::string problem_of(StoredApi& stack) {
  const auto answer =
      stack.ask("POST", "/api/v1/problems",
                R"({"title":"t","tests":[{"expected_output":"secret","hidden":true}],)"
                R"("checker":{"kind":"program","language":"python","code":"secret"}})");
  REQUIRE(answer.status == 201);
  return text_of(answer, "problem_id");
}

}  // namespace

TEST_CASE("a submission reads as a body that submits the same again") {
  StoredApi stack;
  const std::string bodies[] = {
      R"({"language":"python","code":"1"})",
      R"({"language":"python","files":[{"name":"main.py","content":"1"},{"name":"b",)"
      R"("content":"/wA=","encoding":"base64"}],"entry":"main.py","stdin":"a\u0000b",)"
      R"("args":["x"],"env":{"A":"b"},"artifacts":["b"],"limits":{"wall_ms":900},)"
      R"("isolation":"fresh","isolation_key":"k","priority":"low","project_id":"p"})",
      R"({"language":"python","code":"1","tests":[{"stdin":"1","args":["z"]},{"name":"n",)"
      R"("expected_output":"2","weight":2.5}],"stop_on_failure":true,)"
      R"("checker":{"kind":"program","language":"python","code":"1"}})"};
  for (const auto& body : bodies) {
    const auto first = submission_of(stack, submitted(stack, body));
    CHECK(submission_of(stack, submitted(stack, first)) == first);
  }
}

TEST_CASE("an answer to a problem reads with the problem and nothing of its tests") {
  StoredApi stack;
  const auto problem = problem_of(stack);
  stack.address = "192.0.2.9";
  const auto id =
      submitted(stack, R"({"language":"python","code":"1","problem_id":")" + problem + "\"}");
  const auto body = submission_of(stack, id);
  CHECK(body.find("secret") == std::string::npos);
  CHECK(body.find("\"tests\"") == std::string::npos);
  CHECK(text_of(stack.ask("GET", std::string(kPath) + "/" + id + "/submission"), "problem_id") ==
        problem);
  CHECK(submission_of(stack, submitted(stack, body)) == body);
}

TEST_CASE(
    "a code session's run reads as what it was: the code alone, without the problem's tests") {
  StoredApi stack;
  const auto problem = problem_of(stack);
  const auto session =
      stack.ask("POST", "/api/v1/code-sessions",
                R"({"user_id":1,"language":"python","problem_id":")" + problem + "\"}");
  REQUIRE(session.status == 201);
  const auto run =
      stack.ask("POST", "/api/v1/code-sessions/" + text_of(session, "session_id") + "/run",
                R"({"code":"1"})");
  REQUIRE(run.status == 202);
  const auto body = submission_of(stack, text_of(run, "execution_id"));
  CHECK(body.find("problem_id") == std::string::npos);
  CHECK(submission_of(stack, submitted(stack, body)) == body);
}

TEST_CASE("another owner's submission is as if there were none") {
  StoredApi stack;
  const auto id = submitted(stack, R"({"language":"python","code":"1"})");
  const auto path = [](const std::string& of) {
    return std::string(kPath) + "/" + of + "/submission";
  };
  const auto foreign = stack.ask_as("192.0.2.9", "GET", path(id));
  CHECK(foreign.status == 404);
  const auto missing = stack.ask("GET", path("01900000-0000-7000-8000-000000000000"));
  CHECK(missing.status == 404);
  CHECK(missing.body == foreign.body);
  CHECK(stack.ask("GET", path("x")).status == 404);
  CHECK(fields_of(stack.ask("GET", path(id) + "?view=full")) == "view ");
}

TEST_CASE("a run with more time than submissions have reads with the most that they have") {
  StoredApi stack;
  const auto id = submitted(stack, R"({"language":"python","code":"1"})");
  stack.temp.sql(
      "update executions set request = jsonb_set(request::jsonb, '{limits,wall_ms}', '300000')");
  const auto body = submission_of(stack, id);
  CHECK(*json::parse(body).find("limits")->find("wall_ms")->integer() == 60000);
  CHECK(submission_of(stack, submitted(stack, body)) == body);
}
