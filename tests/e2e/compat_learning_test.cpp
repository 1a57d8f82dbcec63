// The learning platform's interface (API.md 2.3), as its clients know it, through the whole stack.
#include "core/ids.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/http_client.hpp"
#include "tests/support/services.hpp"

using namespace runyard;
using namespace runyard::test;

namespace {

constexpr char kExecute[] = "/api/v1/code/execute";
constexpr char kHistory[] = "/api/v1/code/history";

/// A new user, signed in: the header that says so.
std::string new_user(HttpClient& client) {
  const auto name = "learner" + new_uuid7().substr(24);
  const auto made = client.post("/api/v1/auth/register",
                                R"({"email":")" + name + R"(@example.com","username":")" + name +
                                    R"(","password":"correct horse","full_name":"L. Earner"})");
  REQUIRE(made.status == 201);
  const auto token =
      client.send("POST", "/api/v1/auth/token", "username=" + name + "&password=correct%20horse",
                  {"Content-Type: application/x-www-form-urlencoded"});
  REQUIRE(token.status == 200);
  CHECK(text_at(token.json(), "token_type") == "bearer");
  return "Authorization: Bearer " + text_at(token.json(), "access_token");
}

std::string body(const std::string& language, const std::string& code,
                 const std::string& more = "") {
  json::Writer writer;
  writer.begin_object().member("code", code).member("language", language).end_object();
  auto text = writer.text();
  if (!more.empty()) text.insert(text.size() - 1, "," + more);
  return text;
}

/// Whole answers are compared, but for the time that was measured.
std::string without_time(const std::string& text) {
  const auto from = text.find("\"execution_time\":") + 17;
  const auto to = text.find(',', from);
  return text.substr(0, from) + "T" + text.substr(to);
}

}  // namespace

TEST_CASE("learning: the documented run") {
  HttpClient client(test_url());
  const auto token = new_user(client);
  const auto answer = client.post(
      kExecute, body("python", "print('Hello, ' + input())", R"("stdin":"World","project_id":1)"),
      {token});
  CHECK(answer.status == 200);
  CHECK(
      without_time(answer.body) ==
      R"({"output":"Hello, World\n","error":null,"execution_time":T,"status":"success","exit_code":0})");
  const auto seconds = answer.json().find("execution_time")->number_or(-1);
  CHECK(seconds > 0);
  CHECK(seconds < 30);
}

TEST_CASE("learning: an error, an unknown language") {
  HttpClient client(test_url());
  const auto token = new_user(client);
  const auto failed = client.post(kExecute, body("python", "import sys; sys.exit('no')"), {token});
  CHECK(without_time(failed.body) ==
        R"({"output":"","error":"no\n","execution_time":T,"status":"error","exit_code":1})");
  const auto unknown = client.post(kExecute, body("cobolx", "1"), {token});
  CHECK(unknown.status == 200);
  CHECK(unknown.body == R"({"output":"","error":"Unsupported language: cobolx",)"
                        R"("execution_time":0.0,"status":"error","exit_code":1})");
}

TEST_CASE("learning: a program is stopped after 30 s, and the message says so") {
  HttpClient client(test_url());
  const auto token = new_user(client);
  const auto answer =
      client.post(kExecute, body("python", "import time; print('a'); time.sleep(60)"), {token});
  CHECK(without_time(answer.body) ==
        R"({"output":"a\n","error":"Execution timed out after 30 seconds","execution_time":T,)"
        R"("status":"timeout","exit_code":124})");
}

TEST_CASE("learning: more than 10 KB is cut, and no fault of the program") {
  HttpClient client(test_url());
  const auto token = new_user(client);
  const auto answer = client.post(kExecute, body("python", "print('x' * 100000)"), {token});
  CHECK(text_at(answer.json(), "status") == "success");
  CHECK(text_at(answer.json(), "output") == std::string(10 * 1024, 'x'));
}

TEST_CASE("learning: the documented refusals") {
  HttpClient client(test_url());
  const auto anonymous = client.post(kExecute, body("python", "1"));
  CHECK(anonymous.status == 401);
  CHECK(anonymous.body == R"({"detail":"Not authenticated"})");
  CHECK(anonymous.header("www-authenticate") == "Bearer");
  const auto bad = client.post(kExecute, body("python", "1"), {"Authorization: Bearer x"});
  CHECK(bad.status == 401);
  CHECK(bad.body == R"({"detail":"Could not validate credentials"})");

  const auto token = new_user(client);
  const auto missing = client.post(kExecute, R"({"language":"python"})", {token});
  CHECK(missing.status == 422);
  CHECK(missing.body == R"({"detail":[{"type":"missing","loc":["body","code"],)"
                        R"("msg":"Field required","input":null}]})");
  const auto long_code = client.post(kExecute, body("python", std::string(51'201, '#')), {token});
  CHECK(long_code.status == 422);
  CHECK(long_code.body.rfind(R"({"detail":[{"type":"string_too_long","loc":["body","code"],)"
                             R"("msg":"String should have at most 51200 characters",)",
                             0) == 0);
  CHECK(client.post(kExecute, body("python", std::string(51'200, '#')), {token}).status == 200);
}

TEST_CASE("learning: history is the user's own, by numbers, and may be deleted") {
  HttpClient client(test_url());
  const auto token = new_user(client);
  const auto run = [&](const std::string& code, const std::string& more) {
    REQUIRE(client.post(kExecute, body("python3", code, more), {token}).status == 200);
  };
  run("print(1)", R"("project_id":1)");
  run("print(2)", R"("save_history":false)");
  run("print(3)", R"("project_id":2,"stdin":"in")");

  const auto list = client.get(std::string(kHistory) + "/?limit=50", {token}).json();
  REQUIRE(list.array());
  REQUIRE(list.array()->size() == 2);
  const auto& newest = list.array()->at(0);
  CHECK(text_at(newest, "code") == "print(3)");
  CHECK(text_at(newest, "language") == "python3");
  CHECK(text_at(newest, "stdin") == "in");
  CHECK(text_at(newest, "output") == "3\n");
  CHECK(*newest.find("project_id")->integer() == 2);
  CHECK(newest.find("user_id")->integer());
  REQUIRE(newest.find("id")->integer());
  const auto of_project = client.get(std::string(kHistory) + "?project_id=1", {token}).json();
  REQUIRE(of_project.array()->size() == 1);
  CHECK(text_at(of_project.array()->at(0), "code") == "print(1)");

  const auto path = std::string(kHistory) + "/" + std::to_string(*newest.find("id")->integer());
  CHECK(text_at(client.get(path, {token}).json(), "code") == "print(3)");
  const auto other = new_user(client);
  for (const char* method : {"GET", "DELETE"}) {
    const auto foreign = client.send(method, path, "", {other});
    CHECK(foreign.status == 404);
    CHECK(foreign.body == R"({"detail":"Execution not found"})");
  }
  const auto deleted = client.send("DELETE", path, "", {token});
  CHECK(deleted.status == 200);
  CHECK(deleted.body == R"({"message":"Execution deleted successfully"})");
  CHECK(client.get(path, {token}).status == 404);
  CHECK(client.get(kHistory, {token}).json().array()->size() == 1);
}

TEST_CASE("learning: the documented statistics can be asked of the database") {
  HttpClient client(test_url());
  const auto token = new_user(client);
  REQUIRE(client.post(kExecute, body("python", "print(1)"), {token}).status == 200);
  const Stack stack;
  CHECK(
      stack.sql("select count(*) > 0 from (SELECT language, status, COUNT(*), AVG(execution_time) "
                "FROM code_executions GROUP BY language, status) as figures") == "t");
}

TEST_CASE("learning: languages, TypeScript among them and really run") {
  HttpClient client(test_url());
  const auto list = client.get("/api/v1/code/languages").json();
  bool typescript = false;
  for (const auto& language : *list.array()) {
    CHECK(!text_at(language, "display_name").empty());
    CHECK(!text_at(language, "version").empty());
    if (text_at(language, "name") == "typescript")
      typescript = text_at(language, "extension") == ".ts";
  }
  CHECK(typescript);
  const auto token = new_user(client);
  const auto answer = client.post(
      kExecute, body("typescript", "const n: number = 41; console.log(n + 1);"), {token});
  CHECK(text_at(answer.json(), "output") == "42\n");
}
