#include "fcgi-app/sessions/session_execution.hpp"
#include "tests/support/api_fixture.hpp"
#include "tests/support/catch.hpp"

using namespace runyard;

namespace {

Execution ended(Status status, Reason reason = Reason::kNone,
                const std::string& language = "python") {
  Execution execution;
  execution.id = "id";
  execution.language = language;
  execution.status = status;
  execution.result.emplace();
  execution.result->status = status;
  execution.result->reason = reason;
  execution.result->wall_ms = 10042;
  return execution;
}

std::string shown(const Execution& execution, OutputEncoding encoding = OutputEncoding::kText) {
  return session_execution_to_json(execution, encoding, test::small_catalog());
}

/// The member stderr.
std::string errors_of(const Execution& execution) {
  return *json::parse(shown(execution)).find("stderr")->string();
}

}  // namespace

TEST_CASE("an execution of a session has five members, null until it is over") {
  Execution execution;
  execution.id = "id";
  execution.language = "python";
  execution.status = Status::kRunning;
  CHECK(
      shown(execution) ==
      R"({"execution_id":"id","status":"RUNNING","stdout":null,"stderr":null,"execution_time":null})");
  execution = ended(Status::kCompleted);
  execution.result->output = "Hello\n";
  CHECK(
      shown(execution) ==
      R"({"execution_id":"id","status":"COMPLETED","stdout":"Hello\n","stderr":"","execution_time":10042})");
  CHECK(
      shown(execution, OutputEncoding::kBase64) ==
      R"({"execution_id":"id","status":"COMPLETED","stdout":"SGVsbG8K","stderr":"","execution_time":10042})");
}

TEST_CASE("a timeout says its limit in front of what the program wrote") {
  auto execution = ended(Status::kTimeout, Reason::kWallTime);
  CHECK(shown(execution) == R"({"execution_id":"id","status":"TIMEOUT","stdout":"","stderr":)"
                            R"("Execution timed out after 10 seconds.\n","execution_time":10042})");
  execution.result->errors = "warning\n";
  CHECK(errors_of(execution) == "Execution timed out after 10 seconds.\nwarning\n");
  execution = ended(Status::kTimeout, Reason::kCompileTime, "cpp");
  CHECK(errors_of(execution) == "Execution timed out after 20 seconds.\n");
}

TEST_CASE("a Python file is called <stdin>, another language's keeps its name") {
  auto execution = ended(Status::kFailed, Reason::kRuntimeError);
  execution.result->errors =
      "Traceback (most recent call last):\n  File \"/box/main.py\", line 1, in <module>\n"
      "  File \"/usr/lib/python3.13/json/main.py\", line 1\n  File \"main.py\", line 2\n";
  CHECK(errors_of(execution) ==
        "Traceback (most recent call last):\n  File \"<stdin>\", line 1, in <module>\n"
        "  File \"/usr/lib/python3.13/json/main.py\", line 1\n  File \"<stdin>\", line 2\n");
  execution.language = "cpp";
  CHECK(errors_of(execution) == execution.result->errors);
}

TEST_CASE("what the five members have no place for stands in stderr") {
  auto execution = ended(Status::kFailed, Reason::kCompileError, "cpp");
  execution.result->message = "compiler: exit code 1";
  execution.result->compile.emplace();
  execution.result->compile->status = Status::kFailed;
  execution.result->compile->errors = "main.cpp:1: error\n";
  CHECK(errors_of(execution) == "main.cpp:1: error\n");
  execution = ended(Status::kFailed, Reason::kMemoryLimit);
  execution.result->message = "memory limit of 131072 KiB exceeded: 131072 KiB in use";
  CHECK(errors_of(execution) == "memory limit of 131072 KiB exceeded: 131072 KiB in use\n");
}

TEST_CASE("a session's submission is the code in its language's file, with ten seconds") {
  const auto catalog = test::small_catalog();
  const auto submission = session_submission(*catalog.find("c++"), "c++", "int main(){}");
  CHECK(submission.language == "cpp");
  CHECK(submission.version == "14.2");
  CHECK(submission.asked_language == "c++");
  CHECK(submission.entry == "main.cpp");
  REQUIRE(submission.files.size() == 1);
  CHECK(submission.files[0].content == "int main(){}");
  CHECK(submission.limits.wall_ms == 10'000);
  CHECK(submission.limits.memory_kb == 200 * 1024);
}
