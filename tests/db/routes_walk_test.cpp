// Every route of the API, whatever group it belongs to: who may not, and whose it is not. A new
// route that fits no rule here fails, so that somebody thinks about whose it is.
#include <algorithm>
#include <set>
#include <sstream>

#include "tests/support/catch.hpp"
#include "tests/support/database_api.hpp"

using namespace runyard;
using test::DatabaseApi;

namespace {

struct Route {
  std::string method;
  std::string pattern;
};

std::vector<Route> routes_of(const DatabaseApi& stack) {
  std::vector<Route> routes;
  for (const auto& text : stack.api.routes()) {
    const auto space = text.find(' ');
    routes.push_back({text.substr(0, space), text.substr(space + 1)});
  }
  REQUIRE(routes.size() > 25);
  return routes;
}

bool begins(const std::string& text, const std::string& beginning) {
  return text.rfind(beginning, 0) == 0;
}

/// What nobody has to sign in for.
bool is_public(const Route& route) {
  static const std::set<std::string> exact{
      "GET /health",
      "GET /ready",
      "GET /api/v1/health",
      "GET /api/v1/ready",
      "GET /metrics",  // addresses that the operator names
      "GET /api/v1/metrics",
      "GET /api/v1/languages",
      "GET /api/v1/languages/{id}",
      "GET /api/v1/openapi.yaml",
      "POST /api/v1/auth/register",
      "POST /api/v1/auth/token",
      "GET /v1/spec",
      "GET /api/v1/code/languages",
      "GET /languages",
  };
  return exact.count(route.method + " " + route.pattern) != 0;
}

/// The scope that a key needs.
std::string scope_of(const Route& route) {
  if (begins(route.pattern, "/api/v1/auth/")) return "account";
  if (route.method == "GET") return "read";
  if (begins(route.pattern, "/api/v1/problems")) return "author";
  return "submit";
}

std::string filled(const std::string& pattern, const std::string& id) {
  const auto open = pattern.find('{');
  if (open == std::string::npos) return pattern;
  return pattern.substr(0, open) + id + pattern.substr(pattern.find('}') + 1);
}

/// The answer with each `id` as ID.
std::string shown(const Response& response, const std::string& id) {
  std::string text = std::to_string(response.status) + "\n";
  for (const auto& [name, value] : response.headers) text += name + ": " + value + "\n";
  text += response.body;
  for (std::size_t at = 0; (at = text.find(id, at)) != std::string::npos;)
    text.replace(at, id.size(), "ID");
  return text;
}

std::string id_in(const Response& response, const std::string& name) {
  INFO(response.body);
  REQUIRE(response.status / 100 == 2);
  const auto body = json::parse(response.body);
  REQUIRE(body.find(name));
  return *body.find(name)->string();
}

constexpr char kAnna[] = "anna";
constexpr char kBert[] = "bert";

/// An execution of anna's that came through this interface and is over.
std::string ended(DatabaseApi& stack, Origin origin) {
  NewExecution execution;
  execution.id = new_uuid7();
  execution.owner = std::string("user:") + kAnna;
  execution.submission.language = "python";
  execution.submission.version = "3.13.2";
  execution.submission.files = {{"main.py", "print"}};
  execution.submission.entry = "main.py";
  execution.origin = origin;
  stack.store.submit(execution);
  stack.base.sql("delete from queue where id = '" + execution.id + "'");
  stack.base.sql(
      "insert into results (execution_id, status, attempt, queue_ms, exit_code, wall_ms, cpu_ms)\n"
      "values ('" +
      execution.id + "', 'COMPLETED', 1, 0, 0, 1, 1)");
  return execution.id;
}

/// Something of anna's that the pattern's {id} may stand for, made anew, and a body that would do
/// something with it. "" for what is nobody's own.
std::pair<std::string, std::string> object_of(DatabaseApi& stack, const Route& route) {
  const std::string code = R"({"language":"python","code":"print"})";
  const auto& pattern = route.pattern;
  // Parts of a result, which must be there; only an id is filled in, so a file is called {name}.
  if (begins(pattern, "/api/v1/executions/{id}/std") ||
      begins(pattern, "/api/v1/executions/{id}/artifacts/")) {
    const auto id = ended(stack, Origin::kNative);
    stack.base.sql(
        "update results set stdout = 'out', stderr = 'err',\n"
        "  artifacts = '[{\"name\":\"{name}\",\"content\":\"x\"}]'\n"
        "where execution_id = '" +
        id + "'");
    return {id, ""};
  }
  if (begins(pattern, "/api/v1/executions/"))
    return {id_in(stack.ask(kAnna, "POST", "/api/v1/executions", code), "execution_id"), ""};
  if (begins(pattern, "/api/v1/problems/")) {
    if (route.method == "GET") return {};  // everybody may solve it
    const std::string problem = R"({"title":"Sum","tests":[{"stdin":"1","expected_output":"1"}]})";
    return {id_in(stack.ask(kAnna, "POST", "/api/v1/problems", problem), "problem_id"),
            route.method == "DELETE" ? "" : R"({"title":"Mine now"})"};
  }
  if (begins(pattern, "/api/v1/code-sessions/")) {
    const auto problem =
        id_in(stack.ask(kAnna, "POST", "/api/v1/problems", R"({"title":"Sum"})"), "problem_id");
    const auto made =
        stack.ask(kAnna, "POST", "/api/v1/code-sessions",
                  R"({"user_id":1,"problem_id":")" + problem + R"(","language":"python"})");
    return {id_in(made, "session_id"),
            route.method == "GET" || route.method == "DELETE" ? "" : R"({"code":"pass"})"};
  }
  if (begins(pattern, "/api/v1/auth/keys/"))
    return {id_in(stack.ask(kAnna, "POST", "/api/v1/auth/keys", R"({"name":"ci"})"), "id"), ""};
  if (begins(pattern, "/v1/submissions/")) return {ended(stack, Origin::kSpec), ""};
  if (begins(pattern, "/api/result/")) return {ended(stack, Origin::kSubmit), ""};
  if (begins(pattern, "/api/v1/code/history/")) {
    // A number that stands nowhere else in an answer.
    stack.base.sql("alter table learning_history alter id restart with " +
                   std::to_string(770'077'007 + std::stoi(stack.base.sql(
                                                    "select count(*) from learning_history"))));
    const auto id = ended(stack, Origin::kLearning);
    return {std::to_string(stack.older_store.add_history(std::string("user:") + kAnna, id)), ""};
  }
  if (begins(pattern, "/v1/questions/")) return {};  // a problem, see above
  FAIL("nobody has said here whose " << pattern << " is");
  return {};
}

std::string missing_like(const std::string& id) {
  return is_uuid(id) ? new_uuid7() : std::to_string(std::stoll(id) + 1000);
}

}  // namespace

TEST_CASE("what is another owner's answers exactly as what is not there, on every route") {
  DatabaseApi stack;
  int compared = 0;
  for (const auto& route : routes_of(stack)) {
    if (route.pattern.find('{') == std::string::npos || is_public(route)) continue;
    const auto [id, body] = object_of(stack, route);
    if (id.empty()) continue;
    INFO(route.method << " " << route.pattern);
    const auto missing = missing_like(id);
    const auto foreign = shown(stack.ask(kBert, route.method, filled(route.pattern, id), body), id);
    CHECK(foreign ==
          shown(stack.ask(kBert, route.method, filled(route.pattern, missing), body), missing));
    CHECK(begins(foreign, "404\n"));
    // An address is an owner like any other, but for what is not for addresses.
    const int nobody = begins(route.pattern, "/api/v1/auth/")   ? 403
                       : begins(route.pattern, "/api/v1/code/") ? 401
                                                                : 404;
    CHECK(stack.ask("", route.method, filled(route.pattern, id), body).status == nobody);
    // It is there, and nothing has happened to it.
    const auto own = stack.ask(kAnna, route.method, filled(route.pattern, id), body);
    CHECK(own.status != 404);
    CHECK(own.status < 500);
    ++compared;
  }
  CHECK(compared >= 12);
}

TEST_CASE("lists hold what is the caller's own") {
  DatabaseApi stack;
  for (const auto& route : routes_of(stack)) {
    if (route.pattern.find('{') == std::string::npos || is_public(route)) continue;
    object_of(stack, route);
  }
  for (const char* path :
       {"/api/v1/executions", "/api/v1/auth/keys", "/v1/submissions", "/api/v1/code/history"}) {
    INFO(path);
    const auto mine = stack.ask(kAnna, "GET", path);
    const auto theirs = stack.ask(kBert, "GET", path);
    CHECK(mine.status == 200);
    CHECK(theirs.status == 200);
    CHECK_THAT(mine.body, test::contains("-"));  // an id
    CHECK(theirs.body.find("-7") == std::string::npos);
    CHECK(theirs.body.find("print") == std::string::npos);
  }
}

TEST_CASE(
    "where credentials are required every route asks for them, but those that help to get some") {
  DatabaseApi stack(true);
  for (const auto& route : routes_of(stack)) {
    INFO(route.method << " " << route.pattern);
    const auto path = filled(route.pattern, new_uuid7());
    const auto response = stack.ask("", route.method, path, route.method == "GET" ? "" : "{}");
    CHECK((response.status == 401) == !is_public(route));
    if (response.status != 401) continue;
    REQUIRE(response.header("www-authenticate"));
    CHECK(*response.header("www-authenticate") == "Bearer");
  }
}

TEST_CASE("wrong credentials are refused by every route that looks at them, in either mode") {
  for (const bool required : {false, true}) {
    DatabaseApi stack(required);
    for (const auto& route : routes_of(stack)) {
      if (is_public(route)) continue;
      INFO(route.method << " " << route.pattern);
      const auto path = filled(route.pattern, new_uuid7());
      const auto body = route.method == "GET" ? "" : "{}";
      CHECK(stack.ask("", route.method, path, body, {{"x-api-key", new_api_key()}}).status == 401);
      CHECK(stack.ask("", route.method, path, body, {{"authorization", "Bearer x"}}).status == 401);
    }
  }
}

TEST_CASE("a key without the route's scope is 403, one with it is not") {
  DatabaseApi stack;
  for (const auto& route : routes_of(stack)) {
    if (is_public(route)) continue;
    const auto path = filled(route.pattern, new_uuid7());
    const auto body = route.method == "GET" ? "" : "{}";
    for (const auto& lacking : scope_names()) {
      INFO(route.method << " " << route.pattern << " by a key without " << lacking);
      auto others = scope_names();
      others.erase(std::find(others.begin(), others.end(), lacking));
      const auto response = stack.ask("", route.method, path, body, stack.key("user:anna", others));
      CHECK((response.status == 403) == (lacking == scope_of(route)));
    }
  }
}
