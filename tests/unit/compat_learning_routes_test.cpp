// The learning platform (API.md 2.3).
#include "tests/support/catch.hpp"
#include "tests/support/compat_fixture.hpp"

using namespace runyard;
using runyard::test::CompatStack;

namespace {

constexpr char kExecute[] = "/api/v1/code/execute";
constexpr char kHistory[] = "/api/v1/code/history";
const test::Headers kToken = {{"authorization", "Bearer good"}};

Response run(CompatStack& stack, const std::string& body) {
  return stack.ask("POST", kExecute, body, kToken);
}

const std::string kHello = R"({"code":"say 1","language":"python3","stdin":"in","project_id":1})";

}  // namespace

TEST_CASE("learning: a program is run for 30 s in 128 MB") {
  CompatStack stack;
  stack.executions.result = CompatStack::completed("1\n");
  const auto response = run(stack, kHello);
  CHECK(response.status == 200);
  CHECK(response.body ==
        R"({"output":"1\n","error":null,"execution_time":0.123,"status":"success","exit_code":0})");
  const auto& execution = stack.executions.last;
  CHECK(execution.origin == Origin::kLearning);
  CHECK(execution.owner == "account:7");
  CHECK(execution.listed);
  CHECK(execution.submission.project_id == "1");
  CHECK(execution.submission.limits.wall_ms == 30'000);
  CHECK(execution.submission.limits.memory_kb == 128 * 1024);
}

TEST_CASE("learning: each way to end") {
  CompatStack stack;
  auto wrong = CompatStack::failed(Reason::kRuntimeError, "exit code 3", 3);
  wrong.output = "a";
  wrong.errors = "oh\n";
  stack.executions.result = wrong;
  CHECK(run(stack, kHello).body ==
        R"({"output":"a","error":"oh\n","execution_time":0.005,"status":"error","exit_code":3})");
  stack.executions.result = CompatStack::late(30'000);
  stack.executions.result->output = "so far";
  CHECK(run(stack, kHello).body ==
        R"({"output":"so far","error":"Execution timed out after 30 seconds",)"
        R"("execution_time":30.0,"status":"timeout","exit_code":124})");
}

TEST_CASE("learning: outputs are cut at 10 KB, within no character") {
  CompatStack stack;
  std::string text(10 * 1024 - 1, 'x');
  stack.executions.result = CompatStack::completed(text + "\xc3\xa4yz");
  const auto answer = json::parse(run(stack, kHello).body);
  CHECK(*answer.find("output")->string() == text);
  CHECK(*answer.find("status")->string() == "success");
}

TEST_CASE("learning: an unknown language is an answer, not an error") {
  CompatStack stack;
  const auto response = run(stack, R"({"code":"1","language":"cobolx"})");
  CHECK(response.status == 200);
  CHECK(response.body == R"({"output":"","error":"Unsupported language: cobolx",)"
                         R"("execution_time":0.0,"status":"error","exit_code":1})");
  CHECK(run(stack, R"({"code":"1","language":"cpp"})").body.find("Language not available: cpp") !=
        std::string::npos);
  CHECK(stack.executions.submissions() == 0);
}

TEST_CASE("learning: without credentials nobody is anybody") {
  CompatStack stack;
  for (const auto& [method, path] : {std::pair("POST", std::string(kExecute)),
                                     {"GET", std::string(kHistory)},
                                     {"GET", std::string(kHistory) + "/1"},
                                     {"DELETE", std::string(kHistory) + "/1"}}) {
    INFO(path);
    const auto response = stack.ask(method, path, "");
    CHECK(response.status == 401);
    CHECK(response.body == R"({"detail":"Not authenticated"})");
    CHECK(*response.header("www-authenticate") == "Bearer");
    const auto bad = stack.ask(method, path, "", {{"authorization", "Bearer bad"}});
    CHECK(bad.status == 401);
    CHECK(bad.body == R"({"detail":"Could not validate credentials"})");
  }
  CHECK(stack.ask("POST", kExecute, kHello, {{"authorization", "Bearer reader"}}).status == 403);
}

TEST_CASE("learning: every field's mistakes in FastAPI's form") {
  CompatStack stack;
  const std::pair<std::string, std::string> wrong[] = {
      {R"({"language":"python"})",
       R"({"type":"missing","loc":["body","code"],"msg":"Field required","input":null})"},
      {R"({"code":"1"})",
       R"({"type":"missing","loc":["body","language"],"msg":"Field required","input":null})"},
      {R"({"code":7,"language":"python"})",
       R"({"type":"string_type","loc":["body","code"],"msg":"Input should be a valid string","input":7})"},
      {R"({"code":"1","language":null})",
       R"({"type":"string_type","loc":["body","language"],"msg":"Input should be a valid string","input":null})"},
      {R"({"code":"1","language":"python","stdin":true})",
       R"({"type":"string_type","loc":["body","stdin"],"msg":"Input should be a valid string","input":true})"},
      {R"({"code":"1","language":"python","project_id":"x"})",
       R"({"type":"int_type","loc":["body","project_id"],"msg":"Input should be a valid integer","input":"x"})"},
      {R"({"code":"1","language":"python","save_history":"maybe"})",
       R"({"type":"bool_type","loc":["body","save_history"],"msg":"Input should be a valid boolean","input":"maybe"})"},
      {R"({"code":")" + std::string(51'201, 'x') + R"(","language":"python"})",
       R"({"type":"string_too_long","loc":["body","code"],"msg":"String should have at most 51200 characters","input":")" +
           std::string(200, 'x') + R"("})"},
      {"[]",
       R"({"type":"model_attributes_type","loc":["body"],"msg":"Input should be a valid dictionary or object to extract fields from","input":null})"},
  };
  for (const auto& [body, mistake] : wrong) {
    INFO(body.substr(0, 100));
    const auto response = run(stack, body);
    CHECK(response.status == 422);
    CHECK(response.body == R"({"detail":[)" + mistake + "]}");
  }
  for (const char* body : {"{", R"({"code":"a\u0000","language":"python"})"}) {
    const auto response = run(stack, body);
    CHECK(response.status == 422);
    CHECK(response.body.rfind(R"({"detail":[{"type":")", 0) == 0);
  }
  // Two at once.
  CHECK(json::parse(run(stack, "{}").body).find("detail")->array()->size() == 2);
  CHECK(stack.executions.submissions() == 0);
}

TEST_CASE("learning: history by numbers, the newest first, without what was not to be saved") {
  CompatStack stack;
  stack.executions.result = CompatStack::completed("1\n");
  run(stack, kHello);
  run(stack, R"({"code":"2","language":"python","save_history":false})");
  CHECK_FALSE(stack.executions.last.listed);
  run(stack, R"({"code":"3","language":"python","project_id":null})");

  const auto list = stack.ask("GET", kHistory, "", kToken);
  const std::string first =
      R"({"id":1,"user_id":7,"project_id":1,"language":"python3","code":"say 1","stdin":"in",)"
      R"("output":"1\n","error":null,"execution_time":0.123,"status":"success","exit_code":0,)"
      R"("created_at":"2026-01-31T12:00:00.000Z"})";
  const std::string second =
      R"({"id":2,"user_id":7,"project_id":null,"language":"python","code":"3","stdin":"",)"
      R"("output":"1\n","error":null,"execution_time":0.123,"status":"success","exit_code":0,)"
      R"("created_at":"2026-01-31T12:00:00.000Z"})";
  CHECK(list.body == "[" + second + "," + first + "]");
  CHECK(stack.ask("GET", std::string(kHistory) + "/?project_id=4&limit=1", "", kToken).body ==
        "[" + second + "]");
  CHECK(stack.older_store.asked_project == "4");
  CHECK(stack.ask("GET", std::string(kHistory) + "/1", "", kToken).body == first);

  const auto deleted = stack.ask("DELETE", std::string(kHistory) + "/1", "", kToken);
  CHECK(deleted.status == 200);
  CHECK(deleted.body == R"({"message":"Execution deleted successfully"})");
  for (const char* id : {"1", "99", "x", "-1", "99999999999999999999", "1.0"}) {
    INFO(id);
    for (const char* method : {"GET", "DELETE"}) {
      const auto gone = stack.ask(method, std::string(kHistory) + "/" + id, "", kToken);
      CHECK(gone.status == 404);
      CHECK(gone.body == R"({"detail":"Execution not found"})");
    }
  }
}

TEST_CASE("learning: a query's mistakes") {
  CompatStack stack;
  const std::pair<std::string, std::string> wrong[] = {{"limit=0", "greater_than_equal"},
                                                       {"limit=101", "less_than_equal"},
                                                       {"limit=x", "int_parsing"},
                                                       {"limit=", "int_parsing"},
                                                       {"project_id=a", "int_parsing"}};
  for (const auto& [query, type] : wrong) {
    INFO(query);
    const auto response = stack.ask("GET", std::string(kHistory) + "?" + query, "", kToken);
    CHECK(response.status == 422);
    CHECK(response.body.rfind(R"({"detail":[{"type":")" + type + R"(","loc":["query",")" +
                                  query.substr(0, query.find('=')) + R"("],)",
                              0) == 0);
  }
}

TEST_CASE("learning: what could not be run leaves no entry") {
  CompatStack stack(0);
  CHECK(run(stack, kHello).status == 503);
  CHECK(stack.ask("GET", kHistory, "", kToken).body == "[]");
  CompatStack away;
  away.executions.go_away(true);
  const auto response = run(away, kHello);
  CHECK(response.status == 503);
  CHECK(response.body.rfind(R"({"detail":"the database is away)", 0) == 0);
}

TEST_CASE("learning: languages") {
  CompatStack stack;
  CHECK(stack.ask("GET", "/api/v1/code/languages/").body ==
        R"([{"name":"cpp","display_name":"C++","extension":".cpp","version":"14.2"},)"
        R"({"name":"python","display_name":"Python","extension":".py","version":"3.13.2"}])");
}
