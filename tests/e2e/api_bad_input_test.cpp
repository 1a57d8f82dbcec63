// What hostile or careless clients send: each gets a 4xx that names what is wrong, and the next
// caller is served.
#include <string>

#include "core/text.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/http_client.hpp"

using namespace runyard;
using namespace runyard::test;

namespace {

/// The fields that a problem document names, each followed by a space.
std::string fields_of(const HttpAnswer& answer) {
  std::string fields;
  const auto json = answer.json();
  const auto* errors = json.find("errors");
  if (!errors) return fields;
  for (const auto& error : *errors->array()) fields += text_at(error, "field") + " ";
  return fields;
}

/// Sends a body that must be refused with this status, as a problem document, naming `field` if it
/// is not empty.
void refused(HttpClient& client, const std::string& body, int status,
             const std::string& field = "") {
  const auto answer = client.post(kExecutions, body);
  INFO(body.substr(0, 200) << " -> " << answer.status << " " << answer.body.substr(0, 500));
  CHECK(answer.status == status);
  CHECK(answer.header("content-type") == "application/problem+json");
  CHECK(!answer.header("x-request-id").empty());
  if (!field.empty()) CHECK_THAT(fields_of(answer), test::contains(field + " "));
}

std::string with(const std::string& more) { return submission("python", "print(1)", more); }

/// The service still serves: after each group of attacks.
void canary(HttpClient& client) {
  const auto answer =
      client.post(std::string(kExecutions) + "?wait=30", submission("python", "print(42)"));
  CHECK(answer.status == 200);
  CHECK(text_at(answer.json(), "stdout") == "42\n");
}

}  // namespace

TEST_CASE("texts that are not JSON are 400") {
  HttpClient client(test_url());
  refused(client, "{", 400);
  refused(client, "nonsense", 400);
  refused(client, std::string(1'000'000, '['), 400);
  std::string nested;
  for (int i = 0; i < 100'000; ++i) nested += "{\"a\":";
  refused(client, nested, 400);
  refused(client, R"({"language":"python","code":"1","code":"2"})", 400);
  refused(client, "{\"language\":\"python\",\"code\":\"\xff\xfe\"}", 400, "code");
  refused(client, "{\"language\":\"python\",\"code\":\"\xed\xa0\x80\"}", 400, "code");
  refused(client, "{\"language\":\"python\",\"code\":\"\xc0\xaf\"}", 400, "code");
  refused(client, R"({"language":"python","code":"\ud800"})", 400, "code");
  refused(client, R"({"language":"python","code":"\udc00\ud800"})", 400, "code");
  refused(client, std::string("{\"language\":\"python\",\"code\":\"a\0\"}", 32), 400);
  refused(client, R"({"language":"python","code":"a"} trailing)", 400);
  refused(client, "\xef\xbb\xbf[", 400);
  canary(client);
}

TEST_CASE("numbers that no field can hold are refused, whatever their length") {
  HttpClient client(test_url());
  for (const char* number :
       {"0", "-1", "2147483648", "9223372036854775808", "18446744073709551616", "1e309", "-1e309",
        "1.5", "1e2", "\"10\"", "null", "true", "[]", "{}"}) {
    refused(client, with(R"("limits":{"wall_ms":)" + std::string(number) + "}"),
            std::string(number).find("e309") != std::string::npos ? 400 : 422, "limits.wall_ms");
  }
  refused(client, with(R"("limits":{"memory_kb":)" + std::string(1'000'000, '9') + "}"), 400,
          "limits.memory_kb");
  for (const char* name :
       {"cpu_ms", "memory_kb", "processes", "output_bytes", "file_bytes", "compile_wall_ms"})
    refused(client, with(R"("limits":{")" + std::string(name) + R"(":0})"), 422,
            std::string("limits.") + name);
  refused(client, with(R"("limits":{"cores":1})"), 422, "limits.cores");
  canary(client);
}

TEST_CASE("a NUL where a text cannot hold one is 400") {
  HttpClient client(test_url());
  refused(client, R"({"language":"python","code":"\u0000"})", 400, "code");
  refused(client, with(R"("args":["\u0000"])"), 400, "args[0]");
  refused(client, with(R"("env":{"A":"\u0000"})"), 400, "env.A");
  refused(client, with(R"("project_id":"\u0000")"), 400, "project_id");
  refused(client, with(R"("isolation_key":"\u0000")"), 400, "isolation_key");
  refused(client, R"({"language":"\u0000","code":""})", 400, "language");
  canary(client);
}

TEST_CASE("file names that leave the program's folder are refused") {
  HttpClient client(test_url());
  const std::string names[] = {"../x",       "/x",     "a/../../x",           "..",    ".",   "a/",
                               "a//b",       "",       std::string(256, 'a'), "a\\nb", "-rf", "@x",
                               "\\u001b[2J", "\\u007f"};
  for (const auto& name : names) {
    refused(client, R"({"language":"python","files":[{"name":")" + name + R"(","content":""}]})",
            422, "files[0].name");
    refused(client, with(R"("artifacts":[")" + name + "\"]"), 422, "artifacts[0]");
  }
  refused(client,
          R"({"language":"python","files":[{"name":"a","content":""},{"name":"a/b","content":""}],)"
          R"("entry":"a"})",
          422, "files[0].name");
  canary(client);
}

TEST_CASE("unknown and wrong fields are named, all at once") {
  HttpClient client(test_url());
  const auto answer =
      client.post(kExecutions, R"({"language":"pythn","stdin":1,"foo":{},"priority":"urgent",)"
                               R"("isolation":"none","callback_url":"ftp://127.0.0.1/"})");
  CHECK(answer.status == 422);
  for (const char* field :
       {"language", "code", "stdin", "foo", "priority", "isolation", "callback_url"})
    CHECK_THAT(fields_of(answer), test::contains(std::string(field) + " "));
  CHECK_THAT(answer.body, test::contains("python"));  // the nearest
  refused(client, "[]", 422);
  refused(client, "1", 422);
  refused(client, with(R"("code2":1)"), 422, "code2");
  refused(client, with("\"" + std::string(100'000, 'x') + "\":1"), 422);
}

TEST_CASE("code, input and lists over their limits are refused") {
  HttpClient client(test_url());
  refused(client, submission("python", std::string(50 * 1024 + 1, '#')), 422, "code");
  refused(client, with("\"stdin\":\"" + std::string(1024 * 1024 + 1, 'a') + "\""), 422, "stdin");
  std::string many = "\"x\"";
  for (int i = 0; i < 10'000; ++i) many += ",\"x\"";
  refused(client, with("\"args\":[" + many + "]"), 422, "args");
  std::string tests = "{}";
  for (int i = 0; i < 1000; ++i) tests += ",{}";
  refused(client, with("\"tests\":[" + tests + "]"), 422, "tests");
  refused(client, with(R"("tests":[{"weight":0}])"), 422, "tests[0].weight");
  refused(client, with(R"("compile_args":["-O2"])"), 422, "compile_args");
  canary(client);
}

TEST_CASE("SQL in every text stays text") {
  HttpClient client(test_url());
  const std::string sql = "'; drop table queue; --";
  const std::string escaped = "\"" + sql + "\"";
  const auto execution = run_to_end(
      client,
      submission("python", "import sys, os\nprint(sys.argv[1], os.environ['A'], sys.stdin.read())",
                 "\"stdin\":" + escaped + ",\"args\":[" + escaped + "],\"env\":{\"A\":" + escaped +
                     "},\"project_id\":" + escaped + ",\"isolation_key\":" + escaped));
  CHECK(text_at(execution, "stdout") == sql + " " + sql + " " + sql + "\n");
  refused(client, R"({"language":)" + escaped + R"(,"code":""})", 422, "language");
  const std::string encoded = "%27%3B%20drop%20table%20queue%3B%20--";
  CHECK(client.get(std::string(kExecutions) + "/" + encoded).status == 404);
  CHECK(client.send("DELETE", std::string(kExecutions) + "/" + encoded).status == 404);
  const auto newest =
      client.get(std::string(kExecutions) + "?limit=1&project_id=" + encoded).json();
  REQUIRE(newest.find("executions")->array()->size() == 1);
  CHECK(text_at(newest.find("executions")->array()->at(0), "execution_id") ==
        text_at(execution, "execution_id"));
  for (const char* name : {"since", "until", "cursor", "status", "limit"})
    CHECK(client.get(std::string(kExecutions) + "?" + name + "=" + encoded).status == 422);
  CHECK(client.get(std::string(kExecutions) + "?language=" + encoded).status == 200);
  CHECK(client.get("/api/v1/languages/" + encoded).status == 404);
  CHECK(client.post(kExecutions, with(R"("stdin":"x")"), {"Idempotency-Key: " + sql}).status ==
        202);
  canary(client);
}

TEST_CASE("queries that are wrong are named") {
  HttpClient client(test_url());
  for (const std::string query :
       {"wait=-1", "wait=61", "wait=x", "wait=1.5", "wait=", "encoding=hex", "foo=1"}) {
    const auto answer =
        client.get(std::string(kExecutions) + "/01900000-0000-7000-8000-000000000000?" + query);
    INFO(query);
    CHECK(answer.status == 422);
    CHECK(fields_of(answer) == query.substr(0, query.find('=')) + " ");
  }
  CHECK(client.get(std::string(kExecutions) + "?language=%ff").status == 422);
  CHECK(client.get(std::string(kExecutions) + "?language=%00").status / 100 == 4);
}
