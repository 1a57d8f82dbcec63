// The spec engine (API.md 2.2).
#include "tests/support/catch.hpp"
#include "tests/support/compat_fixture.hpp"

using namespace runyard;
using runyard::test::CompatStack;

namespace {

constexpr char kHello[] =
    R"({"language":"python3","code":"say 1","question_id":"","arguments":["a b"],)"
    R"("environment":{"A":"b"}})";

std::string submit(CompatStack& stack) {
  REQUIRE(stack.ask("POST", "/v1/exec", kHello).status == 200);
  return stack.executions.last.id;
}

std::string field(CompatStack& stack, const std::string& id, const char* name) {
  const auto answer = json::parse(stack.ask("GET", "/v1/submissions/" + id).body);
  const auto* value = answer.find(name);
  return value && value->string() ? *value->string() : "";
}

}  // namespace

TEST_CASE("spec: languages by their keys, sorted") {
  CompatStack stack;
  CHECK(stack.ask("GET", "/v1/spec/").body ==
        R"({"cpp":{"image":"runyard/cpp:latest","entrypoint":"","filename":"main.cpp",)"
        R"("cmd":" && python3 main.cpp","language":"cpp","use":""},)"
        R"("python3":{"image":"runyard/python:latest","entrypoint":"","filename":"main.py",)"
        R"("cmd":"python3 main.py","language":"python","use":""}})");
}

TEST_CASE("spec: an entry of a spec file stands as it was written") {
  CompatStack stack;
  auto own = *stack.catalog.find("python");
  own.id = own.name = "perl";
  own.aliases.clear();
  own.image_reference = "perl:slim";
  own.run_argv = {"/bin/sh", "-c", "sleep 0.05; perl main.pl"};
  own.spec_fields = {{"image", "perl:slim"},  {"entrypoint", ""},
                     {"filename", "main.pl"}, {"cmd", "/bin/sh -c 'sleep 0.05; perl main.pl'"},
                     {"language", "Perl"},    {"use", "me"}};
  stack.catalog = LanguageCatalog({own});
  CHECK(stack.ask("GET", "/v1/spec").body ==
        R"({"perl":{"image":"perl:slim","entrypoint":"","filename":"main.pl",)"
        R"("cmd":"/bin/sh -c 'sleep 0.05; perl main.pl'","language":"Perl","use":"me"}})");
}

TEST_CASE("spec: a program is queued for 20 s in 100 MB") {
  CompatStack stack;
  const auto response = stack.ask("POST", "/v1/exec", kHello);
  const auto& execution = stack.executions.last;
  CHECK(response.status == 200);
  CHECK(response.body == R"({"submission_id":")" + execution.id + R"(","status":"PENDING"})");
  CHECK(execution.origin == Origin::kSpec);
  CHECK(execution.submission.args == std::vector<std::string>{"a b"});
  CHECK(execution.submission.env == std::vector<std::pair<std::string, std::string>>{{"A", "b"}});
  CHECK(execution.submission.limits.wall_ms == 20'000);
  CHECK(execution.submission.limits.memory_kb == 100 * 1024);
  // Whatever type the body says it has, and with nulls as its clients send them.
  CHECK(stack
            .ask("POST", "/v1/exec/",
                 R"({"language":"py","code":"","arguments":null,"environment":null,"x":1})",
                 {{"content-type", "text/plain"}})
            .status == 200);
  // A language that needs more memory than usual gets it.
  auto large = *stack.catalog.find("python");
  large.default_limits.memory_kb = 300 * 1024;
  stack.catalog = LanguageCatalog({large});
  submit(stack);
  CHECK(execution.submission.limits.memory_kb == 300 * 1024);
}

TEST_CASE("spec: a submission before and after its end") {
  CompatStack stack;
  const auto id = submit(stack);
  const std::string head = R"({"id":")" + id + R"(","language":"python3","code":"say 1",)";
  const std::string tail = R"("created_at":"2026-01-31T12:00:00.000Z"})";
  CHECK(stack.ask("GET", "/v1/submissions/" + id).body ==
        head +
            R"("status":"PENDING","stdout":"","stderr":"","exec_time_ms":0,"question_id":"",)"
            R"("passed_count":0,"total_count":0,"memory_used":0,)" +
            tail);
  stack.executions.result = CompatStack::completed("1\n", "w\n");
  const auto done = head +
                    R"("status":"SUCCESS","stdout":"1\n","stderr":"w\n","exec_time_ms":123,)"
                    R"("question_id":"","passed_count":0,"total_count":0,"memory_used":9000,)" +
                    tail;
  CHECK(stack.ask("GET", "/v1/submissions/" + id + "/").body == done);
  stack.older_store.spec_ids = {id, "01920000-0000-7000-8000-000000000000"};
  CHECK(stack.ask("GET", "/v1/submissions").body == "[" + done + "]");
  CHECK(stack.older_store.asked_limit == 50);
}

TEST_CASE("spec: each status") {
  CompatStack stack;
  const auto id = submit(stack);
  stack.executions.result = CompatStack::failed(Reason::kRuntimeError, "exit code 1", 1);
  CHECK(field(stack, id, "status") == "ERROR");
  stack.executions.result = CompatStack::failed(Reason::kWrongAnswer, "no", 0);
  CHECK(field(stack, id, "status") == "FAILURE");
  stack.executions.result = CompatStack::late(20'001);
  stack.executions.result->errors = "half";
  CHECK(field(stack, id, "status") == "TIMEOUT");
  CHECK(field(stack, id, "stderr") == "Execution timed out after 20 seconds\nhalf");
  Result running;
  running.status = Status::kRunning;
  stack.executions.result = running;
  CHECK(field(stack, id, "status") == "PROCESSING");
  running.status = Status::kCancelled;
  running.reason = Reason::kCancelled;
  stack.executions.result = running;
  CHECK(field(stack, id, "status") == "ERROR");
}

TEST_CASE("spec: what is absent, malformed, another's or another interface's is not found") {
  CompatStack stack;
  stack.executions.result = CompatStack::completed("");
  const auto id = submit(stack);
  const auto is_not_found = [](const Response& response) {
    return response.status == 404 && response.body == R"({"error":"Not found"})";
  };
  CHECK(is_not_found(stack.ask("GET", "/v1/submissions/01920000-0000-7000-8000-000000000000")));
  CHECK(is_not_found(stack.ask("GET", "/v1/submissions/7")));
  REQUIRE(stack.ask("POST", "/execute", R"({"language":"python","code":"1"})").status == 200);
  CHECK(is_not_found(stack.ask("GET", "/v1/submissions/" + stack.executions.last.id)));
  stack.address = "192.0.2.2";
  CHECK(is_not_found(stack.ask("GET", "/v1/submissions/" + id)));
}

TEST_CASE("spec: wrong input is 400 in its form") {
  CompatStack stack;
  for (const char* body : {"{", "", "[]", "7", "{\"language\":\"\xff\"}", R"({"a":1,"a":2})"}) {
    INFO(body);
    const auto response = stack.ask("POST", "/v1/exec", body);
    CHECK(response.status == 400);
    CHECK(response.body == R"({"error":"Invalid JSON"})");
  }
  const std::pair<const char*, const char*> wrong[] = {
      {R"({})", R"({"error":"language is required; code is required"})"},
      {R"({"language":7,"code":"1"})", R"({"error":"language must be a text"})"},
      {R"({"language":"python","code":7})", R"({"error":"code must be a text"})"},
      {R"({"language":"pythn","code":"1"})",
       R"({"error":"language \"pythn\" is not a known language; near are \"python\" and \"cpp\""})"},
      {R"({"language":"python","code":"1","arguments":"x"})",
       R"({"error":"arguments must be an array"})"},
      {R"({"language":"python","code":"1","arguments":[1]})",
       R"({"error":"arguments[0] must be a text"})"},
      {R"({"language":"python","code":"1","environment":[]})",
       R"({"error":"environment must be an object of texts"})"},
      {R"({"language":"python","code":"1","environment":{"A":1}})",
       R"({"error":"environment.A must be a text"})"},
      {R"({"language":"python","code":"1","question_id":7})",
       R"({"error":"question_id must be a text"})"},
  };
  for (const auto& [body, answer] : wrong) {
    INFO(body);
    const auto response = stack.ask("POST", "/v1/exec", body);
    CHECK(response.status == 400);
    CHECK(response.body == answer);
  }
  const auto question =
      stack.ask("POST", "/v1/exec", R"({"language":"python","code":"1","question_id":"x"})");
  CHECK(question.status == 404);
  CHECK(question.body == R"({"error":"Question not found"})");
}

TEST_CASE("spec: no answer is larger than the largest, whatever programs wrote") {
  CompatStack stack;
  stack.executions.result =
      CompatStack::completed(std::string(1 << 20, '\x01'), std::string(1 << 20, '\x02'));
  const auto id = submit(stack);
  const auto one = stack.ask("GET", "/v1/submissions/" + id);
  CHECK(one.body.size() <= kMaxAnswerBytes);
  stack.older_store.spec_ids.assign(50, id);
  const auto list = stack.ask("GET", "/v1/submissions");
  CHECK(list.body.size() <= kMaxAnswerBytes);
  CHECK(json::parse(list.body).array()->size() == 50);
}
