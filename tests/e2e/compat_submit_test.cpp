// The interface "submit and poll" (API.md 2.4), as its clients know it, through the whole stack.
#include "core/ids.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/http_client.hpp"

using namespace runyard;
using namespace runyard::test;

namespace {

std::string body(const std::string& code, const std::string& lang, const std::string& input = "") {
  json::Writer writer;
  writer.begin_object().member("code", code).member("lang", lang);
  writer.member("stdInput", input).end_object();
  return writer.text();
}

/// Submits and gives the id, after holding the answer against the documented one.
std::string submit(HttpClient& client, const std::string& request) {
  const auto answer = client.post("/api/submit", request);
  REQUIRE(answer.status == 201);
  const auto id = text_at(answer.json(), "codeSubmissionId");
  CHECK(is_uuid(id));
  CHECK(answer.body ==
        R"({"message":"Code submission queued successfully","codeSubmissionId":")" + id + R"("})");
  return id;
}

}  // namespace

TEST_CASE("submit and poll: the documented example") {
  HttpClient client(test_url());
  const auto id = submit(client, body("print('Hello, ' + input() + '!  ')", "python", "World"));
  std::string result;
  do {
    const auto answer = client.get("/api/result/" + id);
    REQUIRE(answer.status == 200);
    result = answer.body;
  } while (result == R"({"message":"Code execution is still pending"})");
  CHECK(result ==
        R"j({"code":"print('Hello, ' + input() + '!  ')","lang":"python","stdInput":"World",)j"
        R"("stdOutput":"Hello, World!","stdError":"","status":"completed"})");
  CHECK(client.get("/api/result/" + id + "/").body == result);
}

TEST_CASE("submit and poll: waiting, with the name of the language as it was sent") {
  HttpClient client(test_url());
  const auto id = submit(client, body("import sys; sys.exit('no')", "python3"));
  const auto answer = client.get("/api/result/" + id + "?wait=30");
  CHECK(answer.body == R"j({"code":"import sys; sys.exit('no')","lang":"python3","stdInput":"",)j"
                       R"("stdOutput":"","stdError":"no","status":"completed"})");
}

TEST_CASE("submit and poll: a program is stopped after 10 s, and the message says so") {
  HttpClient client(test_url());
  const auto id = submit(client, body("print('so far')\nwhile True: pass", "python"));
  CHECK(client.get("/api/result/" + id).body == R"({"message":"Code execution is still pending"})");
  const auto answer = client.get("/api/result/" + id + "?wait=60");
  CHECK(text_at(answer.json(), "stdOutput") == "so far");
  CHECK(text_at(answer.json(), "stdError") == "Execution timed out after 10 seconds");
}

TEST_CASE("submit and poll: the documented refusals") {
  HttpClient client(test_url());
  const auto missing = client.post("/api/submit/", R"({"code":"1"})");
  CHECK(missing.status == 400);
  CHECK(missing.body == R"({"error":"Code and language are required"})");
  for (const char* id : {"01920000-0000-7000-8000-000000000000", "64b7f0c2e4b0a1a2b3c4d5e6"}) {
    const auto absent = client.get(std::string("/api/result/") + id);
    CHECK(absent.status == 404);
    CHECK(absent.body == R"({"error":"Code submission not found"})");
  }
  const auto id = submit(client, body("1", "python"));
  HttpClient other(test_url(), "127.0.0.31");
  const auto foreign = other.get("/api/result/" + id);
  CHECK(foreign.status == 404);
  CHECK(foreign.body == R"({"error":"Code submission not found"})");
}
