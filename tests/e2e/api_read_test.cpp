// Reading executions, languages and the service's state through the whole stack.
#include <set>

#include "tests/support/catch.hpp"
#include "tests/support/http_client.hpp"

using namespace runyard;
using namespace runyard::test;

namespace {
std::string path_of(const std::string& id) { return std::string(kExecutions) + "/" + id; }
}  // namespace

TEST_CASE("the execution object has its keys in the promised order") {
  HttpClient client(test_url());
  const auto execution = run_to_end(client, submission("python", "print(1)"));
  std::vector<std::string> names;
  for (const auto& [name, value] : *execution.object()) names.push_back(name);
  CHECK(names ==
        std::vector<std::string>{
            "execution_id", "status",           "stdout",           "stderr",     "execution_time",
            "reason",       "message",          "exit_code",        "signal",     "cpu_time_ms",
            "memory_kb",    "stdout_truncated", "stderr_truncated", "compile",    "tests",
            "score",        "artifacts",        "language",         "version",    "queue_ms",
            "attempt",      "sandbox",          "created_at",       "started_at", "finished_at"});
}

TEST_CASE("output that is no text comes lossy as text and exact as base64") {
  HttpClient client(test_url());
  const auto execution = run_to_end(
      client,
      submission("python", "import sys; sys.stdout.buffer.write(b'a\\x00\\xff\\xc3\\xa4')"));
  CHECK(text_at(execution, "stdout") == std::string("a\0\xef\xbf\xbd\xc3\xa4", 7));
  const auto exact = client.get(path_of(text_at(execution, "execution_id")) + "?encoding=base64");
  CHECK(text_at(exact.json(), "stdout") == "YQD/w6Q=");
}

TEST_CASE("a finished execution has a strong tag, answers 304 and says how long it may be kept") {
  HttpClient client(test_url());
  const auto path =
      path_of(text_at(run_to_end(client, submission("python", "print(1)")), "execution_id"));
  const auto full = client.get(path);
  const auto etag = full.header("etag");
  REQUIRE(!etag.empty());
  CHECK(etag.front() == '"');
  CHECK_THAT(full.header("cache-control"), test::contains("private"));
  CHECK(full.header("x-accel-expires").empty());  // that was for Nginx
  const auto unchanged = client.get(path, {"If-None-Match: " + etag});
  CHECK(unchanged.status == 304);
  CHECK(unchanged.body.empty());
  CHECK(client.get(path, {"If-None-Match: \"x\""}).status == 200);
  for (int i = 0; i < 5; ++i) CHECK(client.get(path).body == full.body);  // also from Nginx's cache
}

TEST_CASE("nobody sees another owner's execution, also not from the cache") {
  HttpClient client(test_url());
  const auto path =
      path_of(text_at(run_to_end(client, submission("python", "print(1)")), "execution_id"));
  for (int i = 0; i < 5; ++i) REQUIRE(client.get(path).status == 200);
  HttpClient other(test_url(), "127.0.0.7");
  const auto missing = other.get(path_of("01900000-0000-7000-8000-000000000000"));
  CHECK(missing.status == 404);
  CHECK(other.get(path).status == 404);
  CHECK(other.get(path).body == missing.body);
  CHECK(other.send("DELETE", path).status == 404);
  CHECK(other.send("POST", path + "/cancel").status == 404);
  CHECK(other.get(path, {"RUNYARD-USER: root", "Runyard_User: root"}).status == 404);
  CHECK(client.get(path).status == 200);
}

TEST_CASE("the history is the owner's own, newest first, in pages") {
  HttpClient client(test_url(), "127.0.0.31");
  std::vector<std::string> ids;
  for (int i = 0; i < 5; ++i)
    ids.push_back(
        text_at(run_to_end(client, submission("python", "print(1)", R"("project_id":"p1")")),
                "execution_id"));
  std::vector<std::string> seen;
  std::string cursor;
  for (int page = 0; page < 10; ++page) {
    const auto answer = client.get(std::string(kExecutions) + "?project_id=p1&limit=2" + cursor);
    REQUIRE(answer.status == 200);
    const auto json = answer.json();
    for (const auto& execution : *json.find("executions")->array())
      seen.push_back(text_at(execution, "execution_id"));
    if (json.find("next_cursor")->is_null()) break;
    cursor = "&cursor=" + text_at(json, "next_cursor");
  }
  seen.resize(std::min<std::size_t>(seen.size(), 5));
  CHECK(seen == std::vector<std::string>(ids.rbegin(), ids.rend()));
  const auto count = [&client](const std::string& query) {
    const auto json = client.get(std::string(kExecutions) + "?" + query).json();
    return json.find("executions")->array()->size();
  };
  CHECK(count("status=FAILED&project_id=p1") == 0);
  CHECK(count("language=py&project_id=p1&limit=5") == 5);
  CHECK(count("since=2999-01-01T00:00:00Z") == 0);
  CHECK(count("until=1999-01-01T00:00:00Z") == 0);
  HttpClient other(test_url(), "127.0.0.32");
  CHECK(other.get(std::string(kExecutions) + "?project_id=p1")
            .json()
            .find("executions")
            ->array()
            ->empty());
}

TEST_CASE("the languages of this machine are listed, by id and by alias") {
  HttpClient client(test_url());
  const auto all = client.get("/api/v1/languages").json();
  std::set<std::string> ids;
  for (const auto& language : *all.find("languages")->array()) {
    ids.insert(text_at(language, "id"));
    CHECK(language.find("available")->boolean());
    CHECK(!text_at(language, "sample").empty());
    CHECK(!text_at(language, "file_name").empty());
  }
  for (const char* id : {"python", "javascript", "typescript", "c", "cpp", "java", "bash"})
    CHECK(ids.count(id) == 1);
  CHECK(text_at(client.get("/api/v1/languages/python3").json(), "id") == "python");
  CHECK(client.get("/api/v1/languages/nope").status == 404);
}

TEST_CASE("health and readiness answer with and without the API's prefix") {
  HttpClient client(test_url());
  for (const std::string base : {"", "/api/v1"}) {
    CHECK(client.get(base + "/health").body == R"({"status":"UP"})");
    CHECK(client.get(base + "/ready").status == 200);
  }
}

TEST_CASE("a request id is given back, or made where it could do harm") {
  HttpClient client(test_url());
  CHECK(client.get("/health", {"X-Request-Id: my-id_1.2"}).header("x-request-id") == "my-id_1.2");
  const auto made = client.get("/health", {"X-Request-Id: a b"}).header("x-request-id");
  CHECK(!made.empty());
  CHECK(made != "a b");
}
