// Code sessions through the whole stack, as their document has them.
#include <future>

#include "core/ids.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/http_client.hpp"
#include "tests/support/services.hpp"

using namespace runyard;
using namespace runyard::test;

namespace {

constexpr char kSessions[] = "/api/v1/code-sessions";
const std::string kNew =
    R"({"user_id":1,"problem_id":"11111111-1111-1111-1111-111111111111","language":"python"})";

std::string path_of(const std::string& id) { return std::string(kSessions) + "/" + id; }
std::string execution_path(const std::string& id) { return std::string(kExecutions) + "/" + id; }

std::string created(HttpClient& client, const std::string& body = kNew) {
  const auto answer = client.post(kSessions, body);
  INFO(answer.body);
  REQUIRE(answer.status == 201);
  return text_at(answer.json(), "session_id");
}

std::string code_body(const std::string& code) {
  json::Writer writer;
  writer.begin_object().member("code", code).end_object();
  return writer.text();
}

/// Runs the code in a session of its own; the five-member answer at its end.
HttpAnswer run(HttpClient& client, const std::string& code) {
  const auto accepted = client.post(path_of(created(client)) + "/run", code_body(code));
  INFO(accepted.body);
  REQUIRE(accepted.status == 202);
  const auto path = execution_path(text_at(accepted.json(), "execution_id")) + "?wait=30";
  auto answer = client.get(path);
  while (answer.status == 200 && answer.json().find("stdout")->is_null()) answer = client.get(path);
  return answer;
}

}  // namespace

TEST_CASE("the documented walk: create, save, run, poll") {
  HttpClient client(test_url());
  const auto session = client.post(kSessions, kNew);
  CHECK(session.status == 201);
  const auto id = text_at(session.json(), "session_id");
  CHECK(session.body == R"({"session_id":")" + id + R"(","status":"ACTIVE"})");
  CHECK(text_at(client.get(path_of(id)).json(), "code") == "print(\"Start\")");

  const auto saved = client.send("PATCH", path_of(id), code_body("print(\"Hello\")"),
                                 {"Content-Type: application/json"});
  CHECK(saved.status == 200);
  CHECK(saved.body == R"({"session_id":")" + id + R"(","status":"ACTIVE"})");

  const auto accepted = client.post(path_of(id) + "/run", code_body("print(\"Hello\")"));
  CHECK(accepted.status == 202);
  const auto execution = text_at(accepted.json(), "execution_id");
  CHECK(accepted.body == R"({"execution_id":")" + execution + R"(","status":"QUEUED"})");

  const auto ended = client.get(execution_path(execution) + "?wait=30");
  REQUIRE(ended.status == 200);
  const auto time = *ended.json().find("execution_time")->integer();
  CHECK(ended.body ==
        R"({"execution_id":")" + execution +
            R"(","status":"COMPLETED","stdout":"Hello\n","stderr":"","execution_time":)" +
            std::to_string(time) + "}");
  CHECK(time < 10'000);
  const auto whole = client.get(execution_path(execution) + "?view=full").json();
  CHECK(text_at(whole, "language") == "python");
  CHECK(text_at(whole, "session_id") == id);
}

TEST_CASE("a traceback of a session's Python names <stdin>, and is pure in the full view") {
  HttpClient client(test_url());
  const auto ended = run(client, "print('before')\nraise ValueError('x')").json();
  CHECK(text_at(ended, "status") == "FAILED");
  CHECK(text_at(ended, "stdout") == "before\n");
  CHECK_THAT(text_at(ended, "stderr"), contains("Traceback (most recent call last):\n"));
  CHECK_THAT(text_at(ended, "stderr"), contains("  File \"<stdin>\", line 2, in <module>\n"));
  const auto path = execution_path(text_at(ended, "execution_id"));
  CHECK_THAT(text_at(client.get(path + "?view=full").json(), "stderr"), contains("main.py"));
  const auto broken = run(client, "print(").json();
  CHECK_THAT(text_at(broken, "stderr"), contains("File \"<stdin>\", line 1\n"));
}

TEST_CASE("a session's run that does not end has ten seconds and says so") {
  HttpClient client(test_url());
  const auto ended =
      run(client,
          "import sys, time\nprint('first')\nprint('warned', file=sys.stderr)\ntime.sleep(60)")
          .json();
  CHECK(text_at(ended, "status") == "TIMEOUT");
  CHECK(text_at(ended, "stdout") == "first\n");
  CHECK(text_at(ended, "stderr") == "Execution timed out after 10 seconds.\nwarned\n");
  CHECK(*ended.find("execution_time")->integer() >= 10'000);
}

TEST_CASE("while a session's run is active another one is a conflict, also at the same moment") {
  HttpClient client(test_url());
  const auto id = created(client);
  std::vector<std::future<HttpAnswer>> answers;
  for (int i = 0; i < 2; ++i)
    answers.push_back(std::async(std::launch::async, [&id] {
      HttpClient own(test_url());
      return own.post(path_of(id) + "/run", code_body("import time; time.sleep(9)"));
    }));
  auto first = answers[0].get();
  auto second = answers[1].get();
  if (first.status == 409) std::swap(first, second);
  CHECK(first.status == 202);
  CHECK(second.status == 409);
  const auto execution = text_at(first.json(), "execution_id");
  CHECK(text_at(second.json(), "execution_id") == execution);
  CHECK_FALSE(text_at(second.json(), "message").empty());
  const auto status = text_at(second.json(), "status");
  CHECK((status == "QUEUED" || status == "RUNNING"));
  CHECK(client.send("POST", execution_path(execution) + "/cancel").status == 202);
  const auto ended = client.get(execution_path(execution) + "?wait=30");
  CHECK(text_at(ended.json(), "status") == "CANCELLED");
  CHECK(client.post(path_of(id) + "/run", code_body("1")).status == 202);
}

TEST_CASE("errors of sessions are in their document's words") {
  HttpClient client(test_url());
  const auto missing = new_uuid7();
  const auto none = client.get(path_of(missing));
  CHECK(none.status == 404);
  CHECK(text_at(none.json(), "message") ==
        "No query results for model [App\\Models\\CodeSession] " + missing);
  HttpClient other(test_url(), "127.0.0.9");
  const auto id = created(client);
  CHECK(text_at(other.get(path_of(id)).json(), "message") ==
        "No query results for model [App\\Models\\CodeSession] " + id);
  const auto wrong = client.send("PATCH", path_of(id), "{}", {"Content-Type: application/json"});
  CHECK(wrong.status == 422);
  CHECK_THAT(wrong.body, contains(R"("message":"The code field is required.","errors":{"code":)"
                                  R"(["The code field is required."]})"));
  CHECK_THAT(client
                 .post(kSessions, R"({"user_id":12345,"problem_id":)"
                                  R"("11111111-1111-1111-1111-111111111111","language":"python"})")
                 .body,
             contains("The selected user id is invalid."));
}

TEST_CASE("an eleventh run within a minute is asked to wait") {
  HttpClient client(test_url());
  const auto id = created(client);
  for (int i = 0; i < 10; ++i) {
    const auto accepted = client.post(path_of(id) + "/run", code_body("1"));
    INFO(accepted.body);
    REQUIRE(accepted.status == 202);
    client.get(execution_path(text_at(accepted.json(), "execution_id")) + "?wait=30");
  }
  const auto refused = client.post(path_of(id) + "/run", code_body("1"));
  CHECK(refused.status == 429);
  CHECK(std::stoi(refused.header("retry-after")) >= 1);
}

TEST_CASE("a session's executions are rows of code_executions") {
  HttpClient client(test_url());
  const auto execution = text_at(run(client, "print('row')").json(), "execution_id");
  const Stack stack;
  CHECK(stack.sql("select concat_ws('|', language, status, code, stdout, stderr, user_id) from "
                  "code_executions where id = '" +
                  execution + "'") == "python|COMPLETED|print('row')|row\n||1");
}
