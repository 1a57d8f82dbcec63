// The routes against a store in memory: statuses, headers and bodies.
#include <future>

#include "core/ids.hpp"
#include "fcgi-app/api.hpp"
#include "tests/support/api_fixture.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/requests.hpp"

using namespace runyard;
using namespace std::chrono_literals;

namespace {

constexpr char kProgram[] = R"({"language":"python","code":"print"})";

/// An Api with all that it needs.
struct Stack {
  explicit Stack(Fleet fleet = {1, {"python", "cpp"}, 0}, int places = 4)
      : waiters(places), monitor([fleet](std::int64_t) { return fleet; }, 100, 1h) {
    test::quiet_log();
  }

  Response ask(const std::string& method, const std::string& path, const std::string& body = "",
               test::Headers headers = {}) {
    auto request = test::request_to(method, path, body, std::move(headers));
    request.remote_addr = address;
    return api.handle(request);
  }
  std::string submit() {
    const auto response = ask("POST", "/api/v1/executions", kProgram);
    REQUIRE(response.status == 202);
    return *json::parse(response.body).find("execution_id")->string();
  }

  std::string address = "192.0.2.1";
  test::MemoryExecutions executions;
  LanguageCatalog catalog = test::small_catalog();
  Waiters waiters;
  FleetMonitor monitor;
  AnonymousAuthenticator authenticator;
  Api api{ApiContext{authenticator, executions, catalog, monitor, waiters, {}, 60, 2000ms}};
};

std::string field_of(const Response& response, std::size_t index = 0) {
  const auto json = json::parse(response.body);
  const auto* errors = json.find("errors");
  if (!errors || errors->array()->size() <= index) return {};
  return *errors->array()->at(index).find("field")->string();
}

std::string path_of(const std::string& id) { return "/api/v1/executions/" + id; }

}  // namespace

TEST_CASE("a submission is accepted with its place") {
  Stack stack;
  const auto response = stack.ask("POST", "/api/v1/executions", kProgram);
  CHECK(response.status == 202);
  const auto id = *json::parse(response.body).find("execution_id")->string();
  CHECK(is_uuid(id));
  CHECK(response.body == R"({"execution_id":")" + id + R"(","status":"QUEUED"})");
  CHECK(*response.header("location") == path_of(id));
  CHECK(*response.header("cache-control") == "no-store");
  CHECK(*response.header("x-request-id") == "test");
  REQUIRE(stack.executions.submitted().size() == 1);
  CHECK(stack.executions.submitted()[0].owner == "addr:192.0.2.1");
  CHECK_FALSE(stack.executions.submitted()[0].watched);
}

TEST_CASE("bodies that are not JSON are refused by kind") {
  Stack stack;
  const std::string path = "/api/v1/executions";
  CHECK(stack.ask("POST", path, "{", {}).status == 400);
  CHECK(stack.ask("POST", path, "", {{"content-type", "application/json"}}).status == 400);
  CHECK(stack.ask("POST", path, kProgram, {{"content-type", "text/plain"}}).status == 415);
  CHECK(stack.ask("POST", path).status == 415);
  CHECK(stack
            .ask("POST", path, kProgram,
                 {{"content-type", "application/json"}, {"content-encoding", "gzip"}})
            .status == 415);
  CHECK(stack.ask("POST", path, R"({"language":"python","language":"cpp","code":""})").status ==
        400);
  CHECK(stack.ask("POST", path, std::string(1'000'000, '[')).status == 400);
  CHECK(stack.ask("POST", path, "{\"code\":\"\xff\"}").status == 400);
  CHECK(stack.ask("POST", path, R"({"code":"\ud800"})").status == 400);
  CHECK(stack.ask("POST", path, "{\"limits\":{\"wall_ms\":" + std::string(1'000'000, '1') + "}}")
            .status == 400);
  const auto big =
      stack.ask("POST", path, R"({"language":"python","code":"","limits":{"wall_ms":1e309}})");
  CHECK(big.status / 100 == 4);
  CHECK(field_of(big) == "limits.wall_ms");
  CHECK(stack.ask("POST", path, "[]").status == 422);
  CHECK(stack.executions.submitted().empty());
}

TEST_CASE("mistakes of body, query and headers come together") {
  Stack stack;
  const auto response =
      stack.ask("POST", "/api/v1/executions?wait=61&foo=1",
                R"({"language":"python","code":"","x":1})", {{"idempotency-key", "a\tb"}});
  CHECK(response.status == 422);
  CHECK(field_of(response, 0) == "x");
  CHECK(field_of(response, 1) == "wait");
  CHECK(field_of(response, 2) == "foo");
  CHECK(field_of(response, 3) == "Idempotency-Key");
}

TEST_CASE("a language without an image is 422 with available false") {
  Stack stack(Fleet{1, {"python"}, 0});
  const auto response = stack.ask("POST", "/api/v1/executions", R"({"language":"cpp","code":""})");
  CHECK(response.status == 422);
  CHECK_THAT(response.body, test::contains(R"("available":false)"));
}

TEST_CASE("a full queue and a dead database are 503 with Retry-After") {
  Stack full(Fleet{1, {"python"}, 100});
  const auto refused = full.ask("POST", "/api/v1/executions", kProgram);
  CHECK(refused.status == 503);
  CHECK(refused.header("retry-after"));
  Stack stack;
  const auto id = stack.submit();
  stack.executions.go_away(true);
  for (const auto& response :
       {stack.ask("POST", "/api/v1/executions", kProgram), stack.ask("GET", path_of(id)),
        stack.ask("GET", "/api/v1/executions"), stack.ask("POST", path_of(id) + "/cancel"),
        stack.ask("DELETE", path_of(id))}) {
    CHECK(response.status == 503);
    CHECK(response.header("retry-after"));
    CHECK(*response.header("content-type") == "application/problem+json");
  }
  stack.executions.go_away(false);
  CHECK(stack.ask("GET", path_of(id)).status == 200);
}

TEST_CASE("a submission that waits is answered with the end") {
  Stack stack;
  auto answer = std::async(std::launch::async, [&] {
    return stack.ask("POST", "/api/v1/executions?wait=30", kProgram);
  });
  while (stack.executions.submitted().empty()) std::this_thread::yield();
  const auto submitted = stack.executions.submitted()[0];
  CHECK(submitted.watched);
  while (!stack.executions.find(submitted.id, submitted.owner)) std::this_thread::yield();
  stack.executions.finish(submitted.id);
  stack.waiters.notify(submitted.id);
  const auto response = answer.get();
  CHECK(response.status == 200);
  CHECK(*response.header("location") == path_of(submitted.id));
  CHECK(*json::parse(response.body).find("stdout")->string() == "done\n");
}

TEST_CASE("when the time is up the answer is 202, as preferred") {
  Stack stack;
  const auto response =
      stack.ask("POST", "/api/v1/executions", kProgram, {{"prefer", "foo, Wait = 1"}});
  CHECK(response.status == 202);
  CHECK(*response.header("preference-applied") == "wait=1");
  CHECK(stack.ask("POST", "/api/v1/executions", kProgram, {{"prefer", "wait=x"}}).status == 202);
}

TEST_CASE("without a free place nobody waits") {
  Stack stack({1, {"python"}, 0}, 1);
  const Waiters::Place taken(stack.waiters, "other", "somebody");
  const auto start = Waiters::Clock::now();
  CHECK(stack.ask("POST", "/api/v1/executions?wait=30", kProgram).status == 202);
  const auto id = stack.submit();
  const auto response = stack.ask("GET", path_of(id) + "?wait=30");
  CHECK(response.status == 200);
  CHECK(response.header("retry-after"));
  CHECK(Waiters::Clock::now() - start < 10s);
}

TEST_CASE("a long poll ends with the execution, also when its notification was lost") {
  Stack stack;
  const auto id = stack.submit();
  auto answer =
      std::async(std::launch::async, [&] { return stack.ask("GET", path_of(id) + "?wait=30"); });
  while (stack.executions.watched().empty()) std::this_thread::yield();
  stack.executions.finish(id);  // and nobody is notified
  const auto response = answer.get();
  CHECK(*json::parse(response.body).find("status")->string() == "COMPLETED");
}

TEST_CASE("a stopping server answers who waits with what is known") {
  Stack stack;
  const auto id = stack.submit();
  auto answer =
      std::async(std::launch::async, [&] { return stack.ask("GET", path_of(id) + "?wait=30"); });
  while (stack.waiters.waiting() == 0) std::this_thread::yield();
  stack.waiters.stop();
  CHECK(*json::parse(answer.get().body).find("status")->string() == "QUEUED");
}

TEST_CASE("the same key and body give the same execution, another body a conflict") {
  Stack stack;
  const std::string path = "/api/v1/executions";
  const auto first = stack.ask("POST", path, kProgram, {{"idempotency-key", "k"}});
  CHECK(first.status == 202);
  CHECK(stack.ask("POST", path, kProgram, {{"idempotency-key", "k"}}).body == first.body);
  CHECK(stack.ask("POST", path, R"({"language":"cpp","code":""})", {{"idempotency-key", "k"}})
            .status == 409);
  const auto id = *json::parse(first.body).find("execution_id")->string();
  stack.executions.finish(id);
  const auto again = stack.ask("POST", path + "?wait=5", kProgram, {{"idempotency-key", "k"}});
  CHECK(again.status == 200);
  CHECK(*json::parse(again.body).find("execution_id")->string() == id);
  const auto unwaited = stack.ask("POST", path, kProgram, {{"idempotency-key", "k"}});
  CHECK(unwaited.body == R"({"execution_id":")" + id + R"(","status":"COMPLETED"})");
  CHECK(stack.ask("DELETE", path_of(id)).status == 204);
  CHECK(stack.ask("POST", path, kProgram, {{"idempotency-key", "k"}}).status == 409);
  stack.address = "192.0.2.2";  // another owner's key is another key
  CHECK(stack.ask("POST", path, kProgram, {{"idempotency-key", "k"}}).status == 202);
  CHECK(stack.ask("POST", path, kProgram, {{"idempotency-key", std::string(201, 'k')}}).status ==
        422);
  CHECK(stack.ask("POST", path, kProgram, {{"idempotency-key", ""}}).status == 422);
}

TEST_CASE("a finished execution may be kept for a while, an unfinished one never") {
  Stack stack;
  const auto id = stack.submit();
  const auto open = stack.ask("GET", path_of(id));
  CHECK(*open.header("cache-control") == "no-store");
  CHECK_FALSE(open.header("etag"));
  stack.executions.finish(id);
  const auto over = stack.ask("GET", path_of(id));
  CHECK_THAT(*over.header("cache-control"), test::contains("private"));
  CHECK(*over.header("x-accel-expires") == "1");
  const auto etag = *over.header("etag");
  CHECK(etag.front() == '"');
  for (const auto& tags : {etag, "W/" + etag, "\"x\", " + etag, std::string("*")}) {
    const auto unchanged = stack.ask("GET", path_of(id), "", {{"if-none-match", tags}});
    CHECK(unchanged.status == 304);
    CHECK(unchanged.body.empty());
    CHECK(*unchanged.header("etag") == etag);
  }
  CHECK(stack.ask("GET", path_of(id), "", {{"if-none-match", "\"x\""}}).status == 200);
  const auto exact = stack.ask("GET", path_of(id) + "?encoding=base64");
  CHECK(*exact.header("etag") != etag);
  CHECK(*json::parse(exact.body).find("stdout")->string() == "ZG9uZQo=");
}

TEST_CASE("an absent, a malformed and another owner's execution look alike") {
  Stack stack;
  const auto id = stack.submit();
  std::string upper = id;
  for (char& c : upper) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  stack.address = "192.0.2.2";
  const auto missing = stack.ask("GET", path_of("01900000-0000-7000-8000-000000000000"));
  CHECK(missing.status == 404);
  for (const auto& other :
       {id, upper, std::string("x"), std::string("1' or '1'='1"), std::string("%00")}) {
    INFO(other);
    for (const char* method : {"GET", "DELETE"}) {
      const auto response = stack.ask(method, path_of(other));
      CHECK(response.status == 404);
      if (other != "%00") CHECK(response.body == missing.body);
    }
    CHECK(stack.ask("POST", path_of(other) + "/cancel").status == 404);
  }
}

TEST_CASE("cancelling ends a queued execution, asks for a running one, refuses a finished one") {
  Stack stack;
  const auto queued = stack.submit();
  const auto cancelled = stack.ask("POST", path_of(queued) + "/cancel");
  CHECK(cancelled.status == 202);
  CHECK_THAT(cancelled.body, test::contains("CANCELLED"));
  CHECK(stack.ask("POST", path_of(queued) + "/cancel").status == 409);
  const auto running = stack.submit();
  stack.executions.set_status(running, Status::kRunning);
  CHECK_THAT(stack.ask("POST", path_of(running) + "/cancel").body, test::contains("RUNNING"));
  CHECK(stack.ask("POST", path_of(running) + "/cancel", R"({"force":true})").status == 422);
  CHECK(stack.ask("POST", path_of(running) + "/cancel", "{}").status == 202);
}

TEST_CASE("deleting needs an end") {
  Stack stack;
  const auto id = stack.submit();
  CHECK(stack.ask("DELETE", path_of(id)).status == 409);
  stack.executions.finish(id);
  CHECK(stack.ask("DELETE", path_of(id)).status == 204);
  CHECK(stack.ask("GET", path_of(id)).status == 404);
}

TEST_CASE("the list is cut into pages by an opaque cursor") {
  Stack stack;
  std::vector<std::string> ids;
  for (int i = 0; i < 3; ++i) ids.push_back(stack.submit());
  const auto first = json::parse(stack.ask("GET", "/api/v1/executions?limit=2").body);
  REQUIRE(first.find("executions")->array()->size() == 2);
  CHECK(*first.find("executions")->array()->at(0).find("execution_id")->string() == ids[2]);
  const auto cursor = *first.find("next_cursor")->string();
  const auto second =
      json::parse(stack.ask("GET", "/api/v1/executions?limit=2&cursor=" + cursor).body);
  REQUIRE(second.find("executions")->array()->size() == 1);
  CHECK(second.find("next_cursor")->is_null());
}

TEST_CASE("the list's filters arrive, and wrong ones are named") {
  Stack stack;
  const auto response =
      stack.ask("GET",
                "/api/v1/executions?language=c%2B%2B&status=TIMEOUT&project_id=p'--&"
                "since=2026-01-31T12:00:00%2B01:00&until=2026-02-01T00:00:00Z&limit=200");
  CHECK(response.status == 200);
  const auto& filter = stack.executions.last_filter;
  CHECK(filter.language == "cpp");
  CHECK(filter.status == Status::kTimeout);
  CHECK(filter.project_id == "p'--");
  CHECK(filter.since == "2026-01-31T11:00:00.000Z");
  CHECK(filter.limit == 201);
  for (const char* query :
       {"status=DONE", "since=yesterday", "until=", "limit=0", "limit=201", "limit=x", "limit=1e2",
        "cursor=x", "cursor=MTp4", "foo=1", "limit=1&limit=2", "session_id=1", "encoding=hex"}) {
    const auto wrong = stack.ask("GET", std::string("/api/v1/executions?") + query);
    INFO(query);
    CHECK(wrong.status == 422);
    CHECK(field_of(wrong) == std::string(query).substr(0, std::string(query).find('=')));
  }
  CHECK(stack.ask("GET", "/api/v1/executions?language=%ff").status == 422);
}

TEST_CASE("each submission of a batch gets its id or its own error, in order") {
  Stack stack;
  const std::string path = "/api/v1/executions/batch";
  const std::string body =
      std::string(R"({"executions":[)") + kProgram + R"(,{"language":"x"},)" + kProgram + "]}";
  const auto response = stack.ask("POST", path, body, {{"idempotency-key", "k"}});
  CHECK(response.status == 202);
  const auto json = json::parse(response.body);
  const auto& items = *json.find("executions")->array();
  REQUIRE(items.size() == 3);
  CHECK(items[0].find("execution_id"));
  CHECK(*items[1].find("error")->find("status")->integer() == 422);
  CHECK(items[2].find("execution_id"));
  CHECK(stack.ask("POST", path, body, {{"idempotency-key", "k"}}).body == response.body);
  CHECK(stack.ask("POST", path, R"({"executions":[]})").status == 422);
  CHECK(stack.ask("POST", path, R"({})").status == 422);
  CHECK(stack.ask("POST", path, R"([])").status == 422);
  CHECK(stack.ask("POST", path, R"({"executions":[],"x":1})").status == 422);
  std::string many = "{}";
  for (int i = 0; i < 100; ++i) many += ",{}";
  CHECK(stack.ask("POST", path, R"({"executions":[)" + many + "]}").status == 422);
}

TEST_CASE("a batch of which nothing was taken is 503 while the database is away") {
  Stack stack;
  stack.executions.go_away(true);
  const auto response = stack.ask("POST", "/api/v1/executions/batch",
                                  std::string(R"({"executions":[{},)") + kProgram + "]}");
  CHECK(response.status == 503);
  CHECK(response.header("retry-after"));
}

TEST_CASE("languages tell what they are and whether they can run") {
  Stack stack(Fleet{1, {"python"}, 0});
  const auto all = json::parse(stack.ask("GET", "/api/v1/languages").body);
  CHECK(all.find("languages")->array()->size() == 2);
  const auto one = json::parse(stack.ask("GET", "/api/v1/languages/c%2B%2B").body);
  CHECK(*one.find("id")->string() == "cpp");
  CHECK_FALSE(*one.find("available")->boolean());
  CHECK(*json::parse(stack.ask("GET", "/api/v1/languages/py").body).find("available")->boolean());
  CHECK(stack.ask("GET", "/api/v1/languages/nope").status == 404);
  const auto python = json::parse(stack.ask("GET", "/api/v1/languages/python3.11").body);
  CHECK(*python.find("version")->string() == "3.13.2");
  const auto& versions = *python.find("versions")->array();
  REQUIRE(versions.size() == 2);
  CHECK(*versions[0].find("version")->string() == "3.13.2");
  CHECK(*versions[0].find("default")->boolean());
  CHECK(*versions[0].find("available")->boolean());
  CHECK(*versions[1].find("version")->string() == "3.11.2");
  CHECK_FALSE(*versions[1].find("default")->boolean());
  CHECK_FALSE(*versions[1].find("available")->boolean());
  CHECK(stack.ask("POST", "/api/v1/languages", "{}").status == 405);
}

TEST_CASE("health needs nothing, readiness needs a worker") {
  Stack stack;
  for (const std::string base : {"", "/api/v1"}) {
    CHECK(stack.ask("GET", base + "/health").body == R"({"status":"UP"})");
    CHECK(stack.ask("GET", base + "/ready").status == 200);
  }
  const auto warnings = [](Stack& asked) {
    return json::parse(asked.ask("GET", "/ready").body).find("warnings")->array()->size();
  };
  CHECK(warnings(stack) == 0);
  Fleet fleet{1, {"python"}, 0};
  fleet.local = true;
  Stack local(fleet);
  CHECK(warnings(local) == 1);
  Stack alone(Fleet{0, {}, 0});
  CHECK(alone.ask("GET", "/ready").status == 503);
  CHECK(alone.ask("GET", "/health").status == 200);
}

TEST_CASE("a name that the web server vouches for owns what it submits") {
  Stack stack;
  Request request;
  request.method = "POST";
  request.path = "/api/v1/executions";
  request.user = "ann";
  request.remote_addr = "192.0.2.1";
  request.headers = {{"content-type", "application/json"}};
  request.body = kProgram;
  CHECK(stack.api.handle(request).status == 202);
  CHECK(stack.executions.submitted()[0].owner == "user:ann");
  request.user = "a\x01";
  CHECK(stack.api.handle(request).status == 401);
}
