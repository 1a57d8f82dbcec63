#include "cli/exit_code.hpp"
#include "tests/support/catch.hpp"

using namespace runyard;
using cli::exit_code_of;

namespace {

int code(const std::string& text) { return exit_code_of(json::parse(text)); }

std::string ended(const std::string& status, const std::string& reason,
                  const std::string& more = R"("exit_code":null,"signal":null)") {
  return R"({"status":")" + status + R"(","reason":")" + reason + R"(",)" + more + "}";
}

}  // namespace

TEST_CASE("cli: a program's exit code is passed on, a signal as a shell tells it") {
  CHECK(code(R"({"status":"COMPLETED","reason":null,"exit_code":0})") == 0);
  CHECK(code(ended("FAILED", "RUNTIME_ERROR", R"("exit_code":7,"signal":null)")) == 7);
  CHECK(code(ended("FAILED", "RUNTIME_ERROR", R"("exit_code":255,"signal":null)")) == 255);
  CHECK(code(ended("FAILED", "RUNTIME_ERROR", R"("exit_code":null,"signal":11)")) == 139);
}

TEST_CASE("cli: each kind of end has its own exit code") {
  CHECK(code(ended("TIMEOUT", "WALL_TIME")) == 124);
  CHECK(code(ended("TIMEOUT", "CPU_TIME")) == 124);
  CHECK(code(ended("TIMEOUT", "COMPILE_TIME")) == 124);
  CHECK(code(ended("FAILED", "COMPILE_ERROR", R"("exit_code":1)")) == 126);
  CHECK(code(ended("FAILED", "MEMORY_LIMIT", R"("exit_code":null,"signal":9)")) == 121);
  CHECK(code(ended("FAILED", "OUTPUT_LIMIT", R"("exit_code":null,"signal":9)")) == 122);
  for (const char* reason : {"PROCESS_LIMIT", "DISK_LIMIT", "FORBIDDEN_SYSCALL"})
    CHECK(code(ended("FAILED", reason)) == 120);
  for (const char* reason : {"SANDBOX_FAILURE", "WORKER_LOST"})
    CHECK(code(ended("FAILED", reason)) == 125);
  CHECK(code(ended("CANCELLED", "CANCELLED")) == 130);
}

TEST_CASE("cli: with tests only all of them passed is a success") {
  const std::string tests = R"("tests":[{"verdict":"PASSED"},{"verdict":"X"}])";
  CHECK(code(R"({"status":"COMPLETED","reason":null,)" + tests + "}") == 0);
  CHECK(code(ended("FAILED", "WRONG_ANSWER", tests)) == 1);
  CHECK(code(ended("FAILED", "RUNTIME_ERROR", R"("exit_code":7,)" + tests)) == 1);
  CHECK(code(ended("TIMEOUT", "WALL_TIME", tests)) == 1);
  CHECK(code(ended("FAILED", "COMPILE_ERROR", tests)) == 126);
  CHECK(code(ended("FAILED", "SANDBOX_FAILURE", tests)) == 125);
}

TEST_CASE("cli: what tells nothing is no success") {
  for (const char* text : {"{}", "[]", "null", R"({"status":"RUNNING"})", R"({"status":7})",
                           R"({"status":"FAILED","reason":"SOMETHING_NEW"})",
                           R"({"status":"FAILED","reason":"RUNTIME_ERROR","exit_code":0})",
                           R"({"status":"FAILED","reason":"RUNTIME_ERROR","exit_code":256})"}) {
    INFO(text);
    CHECK(code(text) == 125);
  }
}
