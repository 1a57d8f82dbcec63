// What all older interfaces have in common: bodies that cannot be read, quotas' refusals, settings.
#include "fcgi-app/api_config.hpp"
#include "fcgi-app/compat/compat.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/compat_fixture.hpp"
#include "worker/worker_config.hpp"

using namespace runyard;
using runyard::test::CompatStack;

namespace {

/// A POST, and how an error of its interface begins.
struct Post {
  const char* path;
  const char* error;
};
constexpr Post kPosts[] = {{"/v1/exec", R"({"error":")"},
                           {"/api/v1/code/execute", R"({"detail":)"},
                           {"/api/submit", R"({"error":")"},
                           {"/execute", R"({"error":")"}};

Response post(CompatStack& stack, const char* path, const std::function<void(Request&)>& spoil) {
  Request request;
  request.method = "POST";
  request.path = path;
  request.headers = {{"content-type", "application/json"}, {"authorization", "Bearer good"}};
  request.body = R"({"language":"python","lang":"python","code":"1"})";
  request.remote_addr = stack.address;
  spoil(request);
  return stack.api.handle(request);
}

}  // namespace

TEST_CASE("older interfaces: a body that cannot be read is refused in each one's form") {
  CompatStack stack;
  const std::pair<const char*, std::function<void(Request&)>> spoilt[] = {
      {"too large", [](Request& r) { r.body_too_large = true; }},
      {"cut off", [](Request& r) { r.body_incomplete = true; }},
      {"compressed", [](Request& r) { r.headers.emplace_back("content-encoding", "gzip"); }},
      {"no UTF-8", [](Request& r) { r.body = "{\"code\":\"\xc3\x28\",\"language\":\"python\"}"; }},
      {"too deep", [](Request& r) { r.body = std::string(100, '['); }},
      {"empty", [](Request& r) { r.body.clear(); }},
      {"twice", [](Request& r) { r.body = R"({"code":"1","code":"2","language":"python"})"; }},
  };
  for (const auto& [path, error] : kPosts)
    for (const auto& [what, spoil] : spoilt) {
      INFO(path << ": " << what);
      const auto response = post(stack, path, spoil);
      CHECK(response.status >= 400);
      CHECK(response.status < 500);
      if (std::string(what) == "too large") CHECK(response.status == 413);
      CHECK(response.body.rfind(error, 0) == 0);
      CHECK(*response.header("content-type") == "application/json");
    }
  CHECK(stack.executions.submissions() == 0);
}

TEST_CASE("older interfaces: a refusal says when to come again") {
  const Refused quota{Problem{429, "too many executions wait", {}}, 7};
  const auto response = compat::refused(quota, compat::write_error);
  CHECK(response.status == 429);
  CHECK(*response.header("retry-after") == "7");
  CHECK(response.body == R"({"error":"too many executions wait"})");
}

TEST_CASE("older interfaces: texts are cut between characters and trimmed at their end") {
  CHECK(compat::first_bytes("abc", 3) == "abc");
  CHECK(compat::first_bytes("abc", 2) == "ab");
  CHECK(compat::first_bytes("a\xf0\x9f\x9a\x80", 4) == "a");
  CHECK(compat::first_bytes("\xc3\xa4", 1).empty());
  CHECK(compat::trim_end(" a \n\t\r\n") == " a");
  CHECK(compat::trim_end(" \n").empty());
}

TEST_CASE("older interfaces: their variables are settings of ours") {
  ApiConfig api;
  CHECK(load_config(api_settings(api), {{},
                                        {{"RUNNER_DB_DSN", "host=elsewhere"},
                                         {"RUNNER_SANDBOX_TIMEOUTSECONDS", "7"},
                                         {"RUNNER_SANDBOX_MEMORY", "64M"}}})
            .empty());
  CHECK(api.db == "host=elsewhere");
  CHECK(api.spec_timeout_s == 7);
  CHECK(api.spec_memory_kb == 64 * 1024);
  CHECK(api.execute_per_15_min == 100);
  WorkerConfig worker;
  CHECK(load_config(worker_settings(worker),
                    {{}, {{"RUNNER_DB_DSN", "host=elsewhere"}, {"RUNNER_WORKER_COUNT", "3"}}})
            .empty());
  CHECK(worker.db == "host=elsewhere");
  CHECK(worker.slots == 3);
}

TEST_CASE("older interfaces: the spec engine's settings are what its programs get") {
  CompatStack stack;
  stack.older.spec_timeout_s = 7;
  stack.older.spec_memory_kb = 64 * 1024;
  REQUIRE(stack.ask("POST", "/v1/exec", R"({"language":"python","code":"1"})").status == 200);
  const auto execution = stack.executions.last;
  CHECK(execution.submission.limits.wall_ms == 7'000);
  CHECK(execution.submission.limits.memory_kb == 64 * 1024);
  stack.executions.result = CompatStack::late(7'001);
  CHECK(stack.ask("GET", "/v1/submissions/" + execution.id)
            .body.find("Execution timed out after 7 seconds") != std::string::npos);
}
