// Submit and poll (API.md 2.4).
#include "tests/support/catch.hpp"
#include "tests/support/compat_fixture.hpp"

using namespace runyard;
using runyard::test::CompatStack;

namespace {

constexpr char kHello[] = R"({"code":"say 1","lang":"python3","stdInput":"in"})";

std::string submit(CompatStack& stack) {
  REQUIRE(stack.ask("POST", "/api/submit", kHello).status == 201);
  return stack.executions.last.id;
}

}  // namespace

TEST_CASE("submit: a program is queued for 10 s") {
  CompatStack stack;
  const auto response = stack.ask("POST", "/api/submit", kHello);
  const auto& execution = stack.executions.last;
  CHECK(response.status == 201);
  CHECK(response.body ==
        R"({"message":"Code submission queued successfully","codeSubmissionId":")" + execution.id +
            R"("})");
  CHECK(execution.origin == Origin::kSubmit);
  CHECK(execution.submission.asked_language == "python3");
  CHECK(execution.submission.stdin_data == "in");
  CHECK(execution.submission.limits.wall_ms == 10'000);
  CHECK(stack.ask("POST", "/api/submit/", R"({"code":"1","lang":"py","stdInput":null,"x":1})")
            .status == 201);
}

TEST_CASE("submit: the result, pending and then complete with trimmed outputs") {
  CompatStack stack;
  const auto id = submit(stack);
  CHECK(stack.ask("GET", "/api/result/" + id).body ==
        R"({"message":"Code execution is still pending"})");
  stack.executions.result = CompatStack::completed(" 1\n\n", "w \n");
  for (const std::string end : {"", "/", "?wait=1"}) {
    const auto response = stack.ask("GET", "/api/result/" + id + end);
    CHECK(response.status == 200);
    CHECK(response.body == R"({"code":"say 1","lang":"python3","stdInput":"in",)"
                           R"("stdOutput":" 1","stdError":"w","status":"completed"})");
  }
}

TEST_CASE("submit: the time limit and a failed compilation stand in stdError") {
  CompatStack stack;
  const auto id = submit(stack);
  stack.executions.result = CompatStack::late(10'042);
  stack.executions.result->errors = "half\n";
  CHECK(
      stack.ask("GET", "/api/result/" + id)
          .body.find(
              R"("stdError":"Execution timed out after 10 seconds\nhalf","status":"completed")") !=
      std::string::npos);
  auto broken = CompatStack::failed(Reason::kCompileError, "exit code 1");
  broken.compile.emplace();
  broken.compile->status = Status::kFailed;
  broken.compile->errors = "line 1\n";
  stack.executions.result = broken;
  CHECK(stack.ask("GET", "/api/result/" + id).body.find(R"("stdError":"line 1")") !=
        std::string::npos);
}

TEST_CASE("submit: what is absent, malformed, another's or another interface's is not found") {
  CompatStack stack;
  stack.executions.result = CompatStack::completed("");
  const auto id = submit(stack);
  const std::string not_found = R"({"error":"Code submission not found"})";
  const auto is_not_found = [&](const Response& response) {
    return response.status == 404 && response.body == not_found;
  };
  CHECK(is_not_found(stack.ask("GET", "/api/result/01920000-0000-7000-8000-000000000000")));
  CHECK(is_not_found(stack.ask("GET", "/api/result/nonsense?wait=-1")));
  REQUIRE(stack.ask("POST", "/execute", R"({"language":"python","code":"1"})").status == 200);
  CHECK(is_not_found(stack.ask("GET", "/api/result/" + stack.executions.last.id)));
  stack.address = "192.0.2.2";
  CHECK(is_not_found(stack.ask("GET", "/api/result/" + id)));
}

TEST_CASE("submit: wrong input is 400 in its form") {
  CompatStack stack;
  const std::string required = R"({"error":"Code and language are required"})";
  for (const char* body : {"{}", "[]", R"({"code":"1"})", R"({"lang":"python"})",
                           R"({"code":"","lang":"python"})", R"({"code":"1","lang":null})"}) {
    INFO(body);
    const auto response = stack.ask("POST", "/api/submit", body);
    CHECK(response.status == 400);
    CHECK(response.body == required);
  }
  CHECK(stack.ask("POST", "/api/submit", kHello, {{"content-type", "text/plain"}}).body ==
        required);
  const std::pair<const char*, const char*> wrong[] = {
      {R"({"code":1,"lang":"python"})", R"({"error":"code must be a text"})"},
      {R"({"code":"1","lang":{}})", R"({"error":"lang must be a text"})"},
      {R"({"code":"1","lang":"python","stdInput":[]})", R"({"error":"stdInput must be a text"})"},
      {R"({"code":"1","lang":"pythn"})",
       R"({"error":"lang \"pythn\" is not a known language; near are \"python\" and \"cpp\""})"},
  };
  for (const auto& [body, answer] : wrong) {
    INFO(body);
    const auto response = stack.ask("POST", "/api/submit", body);
    CHECK(response.status == 400);
    CHECK(response.body == answer);
  }
  CHECK(stack.ask("POST", "/api/submit", "{").status == 400);
  CHECK(stack.ask("POST", "/api/submit", R"({"code":"\u0000","lang":"python"})").status == 400);
  const auto id = submit(stack);
  CHECK(stack.ask("GET", "/api/result/" + id + "?wait=x").body ==
        R"({"error":"wait must be an integer from 0 to 60"})");
}

TEST_CASE("submit: no answer is larger than the largest, whatever the program wrote") {
  CompatStack stack;
  stack.executions.result =
      CompatStack::completed(std::string(1 << 20, '\x01'), std::string(1 << 20, '\x02'));
  REQUIRE(stack.ask("POST", "/api/submit", R"({"code":"1","lang":"python"})").status == 201);
  const auto answer = stack.ask("GET", "/api/result/" + stack.executions.last.id);
  REQUIRE(answer.status == 200);
  CHECK(answer.body.size() <= kMaxAnswerBytes);
  CHECK(json::parse(answer.body).find("stdError"));
}
