// The spec engine's interface (API.md 2.2), as its clients know it, through the whole stack.
#include <algorithm>

#include "core/ids.hpp"
#include "tests/support/await.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/http_client.hpp"
#include "tests/support/services.hpp"

using namespace runyard;
using namespace runyard::test;

namespace {

std::string body(const std::string& code, const std::string& more = "") {
  json::Writer writer;
  writer.begin_object().member("language", "python3").member("code", code).end_object();
  auto text = writer.text();
  if (!more.empty()) text.insert(text.size() - 1, "," + more);
  return text;
}

/// Submits and gives the id, after holding the answer against the documented one.
std::string exec(HttpClient& client, const std::string& request) {
  const auto answer = client.post("/v1/exec", request);
  REQUIRE(answer.status == 200);
  const auto id = text_at(answer.json(), "submission_id");
  CHECK(is_uuid(id));
  CHECK(answer.body == R"({"submission_id":")" + id + R"(","status":"PENDING"})");
  return id;
}

json::Value end_of(HttpClient& client, const std::string& id) {
  json::Value submission;
  const auto is_over = [&] {
    submission = client.get("/v1/submissions/" + id).json();
    const auto status = text_at(submission, "status");
    return status != "PENDING" && status != "PROCESSING";
  };
  // As often as its own page polls.
  REQUIRE(await(is_over, std::chrono::minutes(2), std::chrono::milliseconds(50)));
  return submission;
}

}  // namespace

TEST_CASE("spec engine: the spec has its keys, sorted, with six texts each") {
  HttpClient client(test_url());
  const auto spec = client.get("/v1/spec").json();
  REQUIRE(spec.object());
  std::vector<std::string> keys;
  for (const auto& [key, entry] : *spec.object()) {
    keys.push_back(key);
    for (const char* name : {"image", "entrypoint", "filename", "cmd", "language", "use"}) {
      INFO(key << "." << name);
      CHECK(entry.find(name)->string());
    }
    CHECK(entry.object()->size() == 6);
  }
  CHECK(std::is_sorted(keys.begin(), keys.end()));
  for (const char* key : {"python3", "node", "go"}) {
    INFO(key);
    CHECK(std::count(keys.begin(), keys.end(), key) == 1);
  }
}

TEST_CASE("spec engine: the documented submission") {
  HttpClient client(test_url());
  const auto id = exec(client, body("import sys, os\nprint(sys.argv[1], os.environ['GREETING'])",
                                    R"("question_id":"","arguments":["a b"],)"
                                    R"("environment":{"GREETING":"hello"})"));
  const auto submission = end_of(client, id);
  std::vector<std::string> names;
  for (const auto& [name, value] : *submission.object()) names.push_back(name);
  CHECK(names == std::vector<std::string>{"id", "language", "code", "status", "stdout", "stderr",
                                          "exec_time_ms", "question_id", "passed_count",
                                          "total_count", "memory_used", "created_at"});
  CHECK(text_at(submission, "id") == id);
  CHECK(text_at(submission, "language") == "python3");
  CHECK(text_at(submission, "status") == "SUCCESS");
  CHECK(text_at(submission, "stdout") == "a b hello\n");
  CHECK(text_at(submission, "stderr").empty());
  CHECK(*submission.find("exec_time_ms")->integer() > 0);
  CHECK(*submission.find("memory_used")->integer() > 0);

  const auto list = client.get("/v1/submissions/").json();
  REQUIRE(list.array());
  CHECK(text_at(list.array()->at(0), "id") == id);
  CHECK(list.array()->size() <= 50);
  const Stack stack;
  CHECK(stack.sql("select concat_ws('|', language, status, stdout) from submissions where id = '" +
                  id + "'") == "python3|SUCCESS|a b hello\n");
}

TEST_CASE("spec engine: a failing program, and one that is stopped after 20 s") {
  HttpClient client(test_url());
  const auto failing = exec(client, body("raise SystemExit(1)"));
  const auto slow = exec(client, body("import time; time.sleep(60)"));
  CHECK(text_at(end_of(client, failing), "status") == "ERROR");
  const auto submission = end_of(client, slow);
  CHECK(text_at(submission, "status") == "TIMEOUT");
  CHECK(text_at(submission, "stderr") == "Execution timed out after 20 seconds");
}

TEST_CASE("spec engine: a question's tests are run, and counted") {
  HttpClient client(test_url());
  const auto made =
      client.post("/api/v1/problems",
                  R"({"title":"Double it","description":"Twice the input.","tests":[)"
                  R"({"name":"two","stdin":"2","expected_output":"4"},)"
                  R"({"name":"secret","stdin":"21","expected_output":"42","hidden":true}]})");
  INFO(made.body);
  REQUIRE(made.status == 201);
  const auto id = text_at(made.json(), "problem_id");
  const auto question = R"("question_id":")" + id + R"(")";
  const auto right = end_of(client, exec(client, body("print(2 * int(input()))", question)));
  CHECK(text_at(right, "status") == "SUCCESS");
  CHECK(text_at(right, "question_id") == id);
  CHECK(*right.find("passed_count")->integer() == 2);
  CHECK(*right.find("total_count")->integer() == 2);
  const auto wrong = end_of(client, exec(client, body("input(); print(4)", question)));
  CHECK(text_at(wrong, "status") == "FAILURE");
  CHECK(*wrong.find("passed_count")->integer() == 1);
  CHECK(*wrong.find("total_count")->integer() == 2);

  const auto shown = client.get("/v1/questions/" + id);
  CHECK(shown.status == 200);
  CHECK(text_at(shown.json(), "title") == "Double it");
  CHECK(shown.body.find("secret") == std::string::npos);
  CHECK(shown.body.find("\"42\"") == std::string::npos);
  const auto all = client.get("/v1/questions").json();
  CHECK(std::any_of(all.array()->begin(), all.array()->end(),
                    [&](const auto& one) { return text_at(one, "id") == id; }));
  const auto absent = client.get("/v1/questions/nonsense");
  CHECK(absent.status == 404);
  CHECK(absent.body == R"({"error":"Not found"})");
}

TEST_CASE("spec engine: the documented refusals") {
  HttpClient client(test_url());
  const auto malformed = client.post("/v1/exec", "{");
  CHECK(malformed.status == 400);
  CHECK(malformed.body == R"({"error":"Invalid JSON"})");
  const auto id = exec(client, body("1"));
  HttpClient other(test_url(), "127.0.0.32");
  for (const auto& answer :
       {client.get("/v1/submissions/nonsense"), other.get("/v1/submissions/" + id),
        client.get("/v1/submissions/01920000-0000-7000-8000-000000000000")}) {
    CHECK(answer.status == 404);
    CHECK(answer.body == R"({"error":"Not found"})");
  }
}

TEST_CASE("spec engine: pages of other origins may not call unless the operator says so") {
  HttpClient client(test_url());
  const std::string origin = "Origin: https://anywhere.example";
  const auto preflight =
      client.send("OPTIONS", "/v1/exec", "", {origin, "Access-Control-Request-Method: POST"});
  CHECK(preflight.status == 403);
  CHECK(preflight.header("access-control-allow-origin").empty());
  // No preflight comes before these.
  for (const char* type : {"text/plain", "application/x-www-form-urlencoded"}) {
    const auto answer = client.send("POST", "/v1/exec", body("print(1)"),
                                    {origin, "Content-Type: " + std::string(type)});
    CHECK(answer.status == 403);
    CHECK(answer.body.find("setting allowed_origins") != std::string::npos);
  }
  CHECK(client.get("/v1/submissions", {origin}).status == 403);
  CHECK(client.get("/v1/spec", {"Host: evil.example"}).status == 421);
}
