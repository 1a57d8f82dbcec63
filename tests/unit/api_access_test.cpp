// From which hosts and pages the API may be called, on every route that it has.
#include "fcgi-app/access.hpp"
#include "fcgi-app/api_config.hpp"
#include "fcgi-app/auth/auth_service.hpp"
#include "fcgi-app/cgi_request.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/compat_fixture.hpp"
#include "tests/support/memory_accounts.hpp"

using namespace runyard;
using test::Headers;

namespace {

struct Stack : test::CompatStack {
  explicit Stack(const std::string& origins = "", bool older_cors = false, bool open = true) {
    context.auth = &auth;
    context.access.open = open;
    REQUIRE(allowed_origins_setting(context.access).parse(origins).empty());
    REQUIRE(hosts_setting(context.access).parse(open ? "judge.example" : "").empty());
    context.older_cors = older_cors;
    whole = std::make_unique<Api>(context);
  }

  Response from(Headers headers, const std::string& method, const std::string& path,
                const std::string& body = "", const std::string& user = "") {
    auto request = test::request_to(method, path, body, std::move(headers));
    request.user = user;
    return whole->handle(request);
  }
  /// Every method and path there is, and some that there are not.
  std::vector<std::pair<std::string, std::string>> everything() const {
    std::vector<std::pair<std::string, std::string>> all{
        {"GET", "/"}, {"POST", "/nothing"},  {"BREW", "/health"},     {"TRACE", "/v1/exec"},
        {"GET", ""},  {"POST", "//v1/exec"}, {"POST", "/%76%31/exec"}};
    for (const auto& route : whole->routes()) {
      const auto space = route.find(' ');
      auto path = route.substr(space + 1);
      for (auto open = path.find('{'); open != std::string::npos; open = path.find('{'))
        path.replace(open, path.find('}') - open + 1, "1");
      all.emplace_back(route.substr(0, space), path);
      all.emplace_back("OPTIONS", path);
      if (route.substr(0, space) == "GET") all.emplace_back("HEAD", path);
    }
    REQUIRE(all.size() > 80);
    return all;
  }

  test::MemoryAccounts accounts;
  KeyRing keys{accounts};
  AuthService auth{accounts, keys, nullptr, {}};
  std::unique_ptr<Api> whole;
};

std::string header_of(const Response& response, std::string_view name) {
  const auto* value = response.header(name);
  return value ? *value : "";
}

/// Of the page, not of a route that refuses everybody.
bool page_refused(const Response& response) {
  return response.status == 403 &&
         response.body.find("setting allowed_origins") != std::string::npos;
}

const std::string kProgram = R"json({"language":"python","code":"print(1)"})json";

}  // namespace

TEST_CASE("no route is served to a host that is none of an open server's") {
  Stack stack("*", true);
  for (const auto& [method, path] : stack.everything()) {
    INFO(method << " " << path);
    for (Headers headers : {Headers{{"host", "evil.example:8080"}},
                            Headers{{"host", "evil.example:8080"},
                                    {"origin", "http://evil.example:8080"},
                                    {"sec-fetch-site", "same-origin"},
                                    {"x-forwarded-host", "localhost"}},
                            Headers{{"host", "localhost"}, {"host", "evil.example:8080"}}}) {
      const auto response = stack.from(headers, method, path, method == "POST" ? kProgram : "");
      CHECK(response.status == 421);
      CHECK(header_of(response, "content-type") == "application/problem+json");
      CHECK(header_of(response, "access-control-allow-origin").empty());
      CHECK(response.body.find("evil.example:8080") != std::string::npos);
      CHECK(response.body.find("setting hosts") != std::string::npos);
    }
  }
  CHECK(stack.executions.submissions() == 0);
}

TEST_CASE("no route is served to a page of another origin, and no answer may be read by it") {
  for (const bool open : {true, false}) {
    Stack stack("https://friend.example", false, open);
    for (const auto& [method, path] : stack.everything()) {
      INFO(method << " " << path);
      for (const char* origin : {"https://evil.example", "null"}) {
        for (const char* type : {"application/json", "text/plain", "multipart/form-data",
                                 "application/x-www-form-urlencoded"}) {
          const auto response = stack.from({{"host", "localhost:8080"},
                                            {"origin", origin},
                                            {"content-type", type},
                                            {"access-control-request-method", "POST"}},
                                           method, path, method == "POST" ? kProgram : "");
          CHECK(response.status == 403);
          CHECK(response.body.find(origin) != std::string::npos);
          CHECK(response.body.find("setting allowed_origins") != std::string::npos);
          CHECK(header_of(response, "access-control-allow-origin").empty());
          CHECK(header_of(response, "vary") == "Origin");
        }
      }
    }
    CHECK(stack.executions.submissions() == 0);
  }
}

TEST_CASE("what changes something is refused to another site's page also without an origin") {
  Stack stack;
  for (const auto& [method, path] : stack.everything()) {
    INFO(method << " " << path);
    const bool looks = method == "GET" || method == "HEAD";
    for (const char* site : {"cross-site", "same-site"}) {
      const auto response = stack.from(
          {{"host", "localhost:8080"}, {"sec-fetch-site", site}, {"content-type", "text/plain"}},
          method, path, method == "POST" ? kProgram : "");
      CHECK(page_refused(response) == !looks);
      CHECK(header_of(response, "access-control-allow-origin").empty());
    }
  }
  CHECK(stack.executions.submissions() == 0);
}

TEST_CASE("a site's own login does not make another site's page its user") {
  for (const bool open : {true, false}) {
    Stack stack("*", true, open);
    for (const char* path : {"/api/v1/executions", "/v1/exec", "/api/submit"}) {
      INFO(path);
      CHECK(stack
                .from({{"host", "judge.example"}, {"origin", "https://evil.example"}}, "POST", path,
                      kProgram, "anna")
                .status == 403);
      CHECK(stack
                .from({{"host", "judge.example"}, {"sec-fetch-site", "same-site"}}, "POST", path,
                      kProgram, "anna")
                .status == 403);
    }
    CHECK(stack.executions.submissions() == 0);
    CHECK(stack
              .from({{"host", "judge.example"}, {"origin", "https://judge.example"}}, "POST",
                    "/api/v1/executions", kProgram, "anna")
              .status == 202);
  }
}

TEST_CASE("a named origin is answered on every route, with what its page may read") {
  Stack stack("https://friend.example");
  const std::string origin = "https://friend.example";
  for (const auto& [method, path] : stack.everything()) {
    INFO(method << " " << path);
    const auto preflight = stack.from(
        {{"host", "localhost"}, {"origin", origin}, {"access-control-request-method", "PUT"}},
        "OPTIONS", path);
    CHECK(preflight.status == 204);
    CHECK(header_of(preflight, "access-control-allow-origin") == origin);
    CHECK(header_of(preflight, "access-control-allow-methods") ==
          "GET, POST, PUT, PATCH, DELETE, OPTIONS");
    CHECK(header_of(preflight, "access-control-allow-headers").find("X-API-Key") !=
          std::string::npos);
    CHECK(header_of(preflight, "vary") == "Origin");
    const auto response = stack.from({{"host", "localhost"}, {"origin", origin}}, method, path);
    CHECK_FALSE(page_refused(response));
    CHECK(response.status != 421);
    CHECK(header_of(response, "access-control-allow-origin") == origin);
    CHECK(header_of(response, "access-control-expose-headers") ==
          "ETag, Location, Retry-After, X-Request-Id");
    CHECK(header_of(response, "access-control-allow-credentials").empty());
    CHECK(header_of(response, "vary") == "Origin");
  }
}

TEST_CASE("the older interface is open to all pages when the operator says so, and only it") {
  const Headers page{{"host", "localhost"}, {"origin", "https://anywhere.example"}};
  auto asks = page;
  asks.emplace_back("access-control-request-method", "POST");
  Stack closed;
  CHECK(closed.from(page, "GET", "/v1/spec").status == 403);
  CHECK(closed.from(asks, "OPTIONS", "/v1/exec").status == 403);
  Stack open("", true);
  const auto spec = open.from(page, "GET", "/v1/spec");
  CHECK(spec.status == 200);
  CHECK(header_of(spec, "access-control-allow-origin") == "*");
  const auto preflight = open.from(asks, "OPTIONS", "/v1/exec");
  CHECK(preflight.status == 204);
  CHECK(header_of(preflight, "access-control-allow-origin") == "*");
  CHECK(header_of(preflight, "access-control-allow-headers") == "Origin, Content-Type, Accept");
  CHECK(header_of(preflight, "access-control-allow-credentials").empty());
  for (const char* path : {"/api/v1/executions", "/v1", "/v1x", "/execute", "/api/submit",
                           "/api/v1/code/history", "/V1/exec", "//v1/exec"})
    CHECK(open.from(page, "GET", path).status == 403);
}

TEST_CASE("credentials in a header are no page's, but Basic is, since a link can carry it") {
  Stack stack;
  const Headers page{{"host", "localhost"}, {"origin", "https://evil.example"}};
  const auto with = [&](const char* name, const char* value) {
    auto headers = page;
    headers.emplace_back(name, value);
    return stack.from(headers, "GET", "/api/v1/executions").status;
  };
  CHECK(with("authorization", "Bearer good") == 200);
  CHECK(with("authorization", "bearer x") == 401);
  CHECK(with("x-api-key", "ry_x") != 403);
  CHECK(with("authorization", "Basic eDp5") == 403);
  CHECK(with("authorization", "") == 403);
}

TEST_CASE("who looks after an open server is told what opens it further") {
  CHECK(Stack().from({}, "GET", "/ready").body.find("older_cors") == std::string::npos);
  const auto ready = Stack("*", true).from({}, "GET", "/ready");
  CHECK(ready.status == 200);
  CHECK(ready.body.find("older_cors = true: pages of every site may run programs") !=
        std::string::npos);
  CHECK(ready.body.find("allowed_origins = *") != std::string::npos);
}

TEST_CASE("only the web server names the host that it understood, and the origins that it lists") {
  const char* params[] = {"REQUEST_METHOD=POST",
                          "REQUEST_URI=/api/v1/executions",
                          "HTTP_HOST=localhost:8080",
                          "HTTP_ORIGIN=https://evil.example",
                          "HTTP_RUNYARD_ORIGIN=https://evil.example",
                          "HTTP_RUNYARD_HOST=evil.example",
                          "HTTP_RUNYARD_USER=root",
                          "RUNYARD_HOST=localhost",
                          "RUNYARD_ORIGIN=",
                          nullptr};
  const auto request = request_from_params(params);
  CHECK(request.server_host == "localhost");
  CHECK(request.listed_origin.empty());
  CHECK(request.user.empty());
  CHECK(Access({}, false).look_at(request).status == 403);
}

TEST_CASE("the API's settings of hosts and pages are read together with the others") {
  ApiConfig config;
  const auto mistakes = load_config(
      api_settings(config),
      {{"--hosts=judge.example", "--allowed_origins=https://a.example", "--older_cors=true"}, {}});
  CHECK(mistakes.empty());
  CHECK(config.access.hosts == std::vector<std::string>{"judge.example"});
  CHECK(config.access.allowed_origins.size() == 1);
  CHECK(config.older_cors);
  CHECK(
      load_config(api_settings(config), {{"--hosts=http://x", "--allowed_origins=x"}, {}}).size() ==
      2);
}
