// Execute (API.md 2.5): what a request becomes, and what an outcome looks like.
#include "tests/support/catch.hpp"
#include "tests/support/compat_fixture.hpp"

using namespace runyard;
using runyard::test::CompatStack;

namespace {

constexpr char kHello[] = R"({"language":"python3","code":"say 1","input":"in"})";

/// The answer with the id taken out, which is another each time.
std::string shown(const CompatStack& stack, const Response& response) {
  auto body = response.body;
  const auto at = body.find(stack.executions.last.id);
  if (!stack.executions.last.id.empty() && at != std::string::npos)
    body.replace(at, stack.executions.last.id.size(), "ID");
  return std::to_string(response.status) + " " + body;
}

}  // namespace

TEST_CASE("execute: a program is run with what was asked, for 300 s") {
  CompatStack stack;
  stack.executions.result = CompatStack::completed("1\n");
  const auto response = stack.ask("POST", "/execute", kHello);
  CHECK(shown(stack, response) ==
        R"(200 {"executionId":"ID","status":"success","output":"1\n","exitCode":0})");
  CHECK(*response.header("content-type") == "application/json");
  const auto& execution = stack.executions.last;
  CHECK(execution.origin == Origin::kExecute);
  CHECK(execution.owner == "addr:192.0.2.1");
  CHECK(execution.submission.language == "python");
  CHECK(execution.submission.asked_language == "python3");
  CHECK(execution.submission.files.at(0).content == "say 1");
  CHECK(execution.submission.stdin_data == "in");
  CHECK(execution.submission.limits.wall_ms == 300'000);
  CHECK(execution.submission.limits.cpu_ms == 300'000);
}

TEST_CASE("execute: a slash at the end and unknown fields change nothing") {
  CompatStack stack;
  stack.executions.result = CompatStack::completed("1\n");
  CHECK(
      stack.ask("POST", "/execute/", R"({"language":"PYTHON","code":"1","theme":"dark"})").status ==
      200);
  CHECK(stack.ask("GET", "/languages/").body == R"(["cpp","python"])");
}

TEST_CASE("execute: outputs are mixed in their order of arrival") {
  CompatStack stack;
  auto result = CompatStack::completed("ad", "bc");
  result.output_order = {1, -2, 1};
  stack.executions.result = result;
  CHECK(shown(stack, stack.ask("POST", "/execute", kHello)) ==
        R"(200 {"executionId":"ID","status":"success","output":"abcd","exitCode":0})");
}

TEST_CASE("execute: each way to end") {
  CompatStack stack;
  auto wrong = CompatStack::failed(Reason::kRuntimeError, "exit code 3", 3);
  wrong.errors = "oh\n";
  stack.executions.result = wrong;
  CHECK(shown(stack, stack.ask("POST", "/execute", kHello)) ==
        R"(200 {"executionId":"ID","status":"error","output":"oh\n","exitCode":3})");

  stack.executions.result = CompatStack::late(300'042);
  stack.executions.result->output = "so far";
  CHECK(shown(stack, stack.ask("POST", "/execute", kHello)) ==
        R"(200 {"executionId":"ID","status":"error",)"
        R"("output":"so far\nExecution timed out after 300 seconds\n","exitCode":124})");

  auto killed = CompatStack::failed(Reason::kRuntimeError, "ended by SIGSEGV");
  killed.signal = 11;
  stack.executions.result = killed;
  CHECK(
      shown(stack, stack.ask("POST", "/execute", kHello)) ==
      R"(200 {"executionId":"ID","status":"error","output":"ended by SIGSEGV\n","exitCode":139})");

  stack.executions.result = CompatStack::failed(Reason::kMemoryLimit, "memory limit exceeded");
  CHECK(
      shown(stack, stack.ask("POST", "/execute", kHello)) ==
      R"(200 {"executionId":"ID","status":"error","output":"memory limit exceeded\n","exitCode":1})");

  auto broken = CompatStack::failed(Reason::kCompileError, "the compiler's exit code was 2");
  broken.compile.emplace();
  broken.compile->status = Status::kFailed;
  broken.compile->errors = "main.cpp:1: no\n";
  broken.compile->exit_code = 2;
  stack.executions.result = broken;
  CHECK(shown(stack, stack.ask("POST", "/execute", kHello)) ==
        R"(200 {"executionId":"ID","status":"error","output":"main.cpp:1: no\n","exitCode":2})");
}

TEST_CASE("execute: bytes that are no text are shown as such") {
  CompatStack stack;
  stack.executions.result = CompatStack::completed(std::string("\xff\0x", 3));
  CHECK(shown(stack, stack.ask("POST", "/execute", kHello)) ==
        "200 "
        "{\"executionId\":\"ID\",\"status\":\"success\",\"output\":\"\xef\xbf\xbd\\u0000x\","
        "\"exitCode\":0}");
}

TEST_CASE("execute: what is missing or wrong is 400 in its form") {
  CompatStack stack;
  const std::string required = R"({"error":"Language and code are required"})";
  for (const char* body : {"{}", R"({"language":"python"})", R"({"code":"1"})", "[]", "7", "null",
                           R"({"language":"","code":"1"})", R"({"language":"python","code":""})",
                           R"({"language":null,"code":"1"})"}) {
    INFO(body);
    const auto response = stack.ask("POST", "/execute", body);
    CHECK(response.status == 400);
    CHECK(response.body == required);
  }
  CHECK(stack.ask("POST", "/execute", kHello, {{"content-type", "text/plain"}}).body == required);
  const std::pair<const char*, const char*> wrong[] = {
      {R"({"language":7,"code":"1"})", R"({"error":"language must be a text"})"},
      {R"({"language":"python","code":["1"]})", R"({"error":"code must be a text"})"},
      {R"({"language":"python","code":"1","input":1})", R"({"error":"input must be a text"})"},
      {R"({"language":"python","code":1,"input":1})",
       R"({"error":"code must be a text; input must be a text"})"},
  };
  for (const auto& [body, answer] : wrong) {
    INFO(body);
    const auto response = stack.ask("POST", "/execute", body);
    CHECK(response.status == 400);
    CHECK(response.body == answer);
  }
  for (const std::string& body :
       {std::string("{"), std::string("{\"language\":\"\xff\"}"),
        std::string(R"({"language":"python","language":"c","code":"1"})"),
        R"({"language":"python","code":"a\u0000b"})" + std::string(),
        R"({"language":"python","code":")" + std::string(60'000, 'x') + R"("})",
        R"({"language":")" + std::string(300, 'x') + R"(","code":"1"})"}) {
    INFO(body.substr(0, 80));
    const auto response = stack.ask("POST", "/execute", body);
    CHECK(response.status == 400);
    CHECK(response.body.rfind(R"({"error":")", 0) == 0);
  }
  CHECK(stack.executions.submissions() == 0);
}

TEST_CASE("execute: an unknown language is the documented 500, one without a worker is not") {
  CompatStack stack;
  CHECK(shown(stack, stack.ask("POST", "/execute", R"({"language":"cobolx","code":"1"})")) ==
        R"(500 {"error":"Unsupported language: cobolx"})");
  const auto response = stack.ask("POST", "/execute", R"({"language":"cpp","code":"1"})");
  CHECK(response.status == 400);
  CHECK(response.body ==
        R"({"error":"language \"cpp\" is not available: no worker has its image"})");
}

TEST_CASE("execute: beyond its number of requests an address is refused") {
  CompatStack stack;
  stack.executions.result = CompatStack::completed("");
  stack.allowed = 2;
  CHECK(stack.ask("POST", "/execute", kHello).status == 200);
  CHECK(stack.ask("POST", "/execute", "{}").status == 400);
  const auto response = stack.ask("POST", "/execute", kHello);
  CHECK(response.status == 429);
  CHECK(response.body == R"({"error":"Too many requests, please try again later"})");
  CHECK(*response.header("retry-after") == "61");
}

TEST_CASE("execute: no place to wait and a database that is away are 503 in its form") {
  CompatStack crowded(0);
  const auto busy = crowded.ask("POST", "/execute", kHello);
  CHECK(busy.status == 503);
  CHECK(busy.body.rfind(R"({"error":"the server is busy)", 0) == 0);
  CHECK(busy.header("retry-after"));
  // It is not run for nobody.
  CHECK(crowded.executions.find(crowded.executions.last.id, "addr:192.0.2.1")->status ==
        Status::kCancelled);

  CompatStack stack;
  stack.executions.go_away(true);
  const auto away = stack.ask("POST", "/execute", kHello);
  CHECK(away.status == 503);
  CHECK(away.body.rfind(R"({"error":"the database is away)", 0) == 0);
  CHECK(away.header("retry-after"));
}

TEST_CASE("execute: bad credentials and a key without the right are refused in its form") {
  CompatStack stack;
  const auto bad = stack.ask("POST", "/execute", kHello, {{"authorization", "Bearer bad"}});
  CHECK(shown(stack, bad) == R"(401 {"error":"the token is not valid"})");
  CHECK(bad.header("www-authenticate"));
  CHECK(stack.ask("POST", "/execute", kHello, {{"authorization", "Bearer reader"}}).status == 403);
}
