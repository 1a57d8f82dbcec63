// The interface "execute" (API.md 2.5), as its clients know it, through the whole stack.
#include "core/ids.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/fcgi_client.hpp"
#include "tests/support/http_client.hpp"
#include "tests/support/services.hpp"

using namespace runyard;
using namespace runyard::test;

namespace {

std::string body(const std::string& language, const std::string& code,
                 const std::string& input = "") {
  json::Writer writer;
  writer.begin_object().member("language", language).member("code", code);
  writer.member("input", input).end_object();
  return writer.text();
}

/// The answer's body with the id taken out, which is another each time.
std::string run(HttpClient& client, const std::string& request) {
  const auto answer = client.post("/execute", request);
  auto text = answer.body;
  const auto id = text_at(answer.json(), "executionId");
  CHECK(is_uuid(id));
  const auto at = text.find(id);
  if (at != std::string::npos) text.replace(at, id.size(), "ID");
  return std::to_string(answer.status) + " " + text;
}

/// Posts `{}` past Nginx, as from this address.
std::string post_from(const Stack& stack, const std::string& address) {
  FcgiClient client(stack.api_socket());
  client.begin({{"REQUEST_METHOD", "POST"},
                {"REQUEST_URI", "/execute"},
                {"CONTENT_TYPE", "application/json"},
                {"CONTENT_LENGTH", "2"},
                {"REMOTE_ADDR", address}});
  client.body("{}");
  client.body("");
  return client.answer();
}

}  // namespace

TEST_CASE("execute: the documented run") {
  HttpClient client(test_url());
  CHECK(run(client, body("python", "print('Hello, World!')")) ==
        R"(200 {"executionId":"ID","status":"success","output":"Hello, World!\n","exitCode":0})");
  CHECK(run(client, body("python3", "print(input()[::-1])", "abc")) ==
        R"(200 {"executionId":"ID","status":"success","output":"cba\n","exitCode":0})");
}

TEST_CASE("execute: outputs in their order of arrival, and a program's own exit code") {
  HttpClient client(test_url());
  CHECK(
      run(client, body("python",
                       "import sys, time\n"
                       "for i in range(3):\n"
                       "  print('out', i); time.sleep(0.2)\n"
                       "  print('err', i, file=sys.stderr); time.sleep(0.2)\n"
                       "sys.exit(3)")) ==
      R"(200 {"executionId":"ID","status":"error","output":"out 0\nerr 0\nout 1\nerr 1\nout 2\nerr 2\n","exitCode":3})");
}

TEST_CASE("execute: Python does not buffer") {
  HttpClient client(test_url());
  CHECK(run(client, body("python", "import os; print(os.environ['PYTHONUNBUFFERED'])")) ==
        R"(200 {"executionId":"ID","status":"success","output":"1\n","exitCode":0})");
}

TEST_CASE("execute: a program may run longer than the native limit") {
  HttpClient client(test_url());
  CHECK(run(client, body("python", "import time; time.sleep(12); print('late')")) ==
        R"(200 {"executionId":"ID","status":"success","output":"late\n","exitCode":0})");
}

TEST_CASE("execute: the documented refusals") {
  HttpClient client(test_url());
  const auto missing = client.post("/execute", R"({"language":"python"})");
  CHECK(missing.status == 400);
  CHECK(missing.body == R"({"error":"Language and code are required"})");
  const auto unknown = client.post("/execute/", body("cobolx", "x"));
  CHECK(unknown.status == 500);
  CHECK(unknown.body == R"({"error":"Unsupported language: cobolx"})");
  CHECK(client.get("/execute").status == 405);
}

TEST_CASE("execute: 100 requests of an address in 15 minutes, then 429") {
  const Stack stack;
  // An address of documentation (RFC 5737) that no other test has.
  const std::string address = "198.51.100.77";
  stack.sql("delete from attempts");  // of an earlier run of this test
  for (int i = 0; i < 100; ++i) {
    const auto answer = post_from(stack, address);
    INFO(i << ": " << answer);
    REQUIRE(answer.find("Status: 400") != std::string::npos);
  }
  const auto refused = post_from(stack, address);
  INFO(refused);
  CHECK(refused.find("Status: 429") != std::string::npos);
  CHECK(refused.find("Retry-After: ") != std::string::npos);
  CHECK(refused.find(R"({"error":"Too many requests, please try again later"})") !=
        std::string::npos);
  // Another address and this machine are not concerned.
  CHECK(post_from(stack, "198.51.100.78").find("Status: 400") != std::string::npos);
  for (int i = 0; i <= 100; ++i)
    CHECK(post_from(stack, "127.0.0.1").find("Status: 400") != std::string::npos);
}

TEST_CASE("execute: languages and health") {
  HttpClient client(test_url());
  const auto languages = client.get("/languages").json();
  REQUIRE(languages.array());
  std::set<std::string> keys;
  for (const auto& key : *languages.array()) keys.insert(*key.string());
  for (const char* key : {"python", "javascript", "java", "cpp", "c", "ruby", "go", "dart", "php",
                          "rust", "csharp", "scala", "octave", "assembly"}) {
    INFO(key);
    CHECK(keys.count(key) == 1);
  }
  CHECK(client.get("/health").body == R"({"status":"UP"})");
  CHECK(client.get("/health/").body == R"({"status":"UP"})");
}

TEST_CASE("execute: the front page is JSON for who asks for that") {
  HttpClient client(test_url());
  const auto answer = client.get("/", {"Accept: application/json"});
  CHECK(answer.status == 200);
  CHECK(text_at(answer.json(), "api") == "/api/v1");
  const auto page = client.get("/", {"Accept: text/html"});
  CHECK(page.status == 200);
  CHECK_THAT(page.body, test::contains("<!doctype html>"));
}
