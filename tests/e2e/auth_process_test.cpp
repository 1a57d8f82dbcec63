// Signing in across several runyard-api, with settings that the stack has not: the real programs on
// a database of their own, without Nginx.
#include <sys/stat.h>

#include "core/json.hpp"
#include "tests/support/api_process.hpp"
#include "tests/support/await.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/http_client.hpp"
#include "tests/support/temp_database.hpp"

using namespace runyard;
using namespace runyard::test;

namespace {

constexpr char kAnna[] =
    R"({"email":"anna@example.com","username":"anna","password":"correct horse","full_name":""})";
constexpr char kSignIn[] = R"({"username":"anna","password":"correct horse"})";

struct Site {
  std::vector<std::string> settings(const std::vector<std::string>& more = {}) const {
    std::vector<std::string> all{"--db=" + base.options(), "--token_secret_file=" + secret(),
                                 "--auth=required", "--log_level=error"};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }
  std::string secret() const { return (folder.path() / "token").string(); }

  TempDatabase base;
  TempDir folder;
};

std::string member(const FcgiAnswer& answer, const std::string& name) {
  INFO(answer.body);
  REQUIRE(answer.status / 100 == 2);
  return text_at(json::parse(answer.body), name);
}

std::map<std::string, std::string> bearer(const std::string& token) {
  return {{"HTTP_AUTHORIZATION", "Bearer " + token}};
}

}  // namespace

TEST_CASE(
    "a token of one process is good at another that started at the same moment, and after a "
    "restart") {
  const Site site;
  std::string token;
  {
    ApiProcess first(site.settings());
    ApiProcess second(site.settings());
    CHECK(first.ask("POST", "/api/v1/auth/register", kAnna).status == 201);
    token = member(second.ask("POST", "/api/v1/auth/token", kSignIn), "access_token");
    for (auto* process : {&first, &second})
      CHECK(member(process->ask("GET", "/api/v1/auth/me", "", bearer(token)), "username") ==
            "anna");
    CHECK(first.stop() == 0);
    CHECK(second.stop() == 0);
  }
  struct stat status {};
  REQUIRE(::stat(site.secret().c_str(), &status) == 0);
  CHECK((status.st_mode & 07777) == 0600);
  const ApiProcess later(site.settings());
  CHECK(member(later.ask("GET", "/api/v1/auth/me", "", bearer(token)), "username") == "anna");

  // Another secret, and everybody has to sign in again.
  const Site other;
  auto settings = site.settings();
  settings.push_back("--token_secret_file=" + other.secret());
  const ApiProcess renewed(settings);
  CHECK(renewed.ask("GET", "/api/v1/auth/me", "", bearer(token)).status == 401);
}

TEST_CASE("a token ends by itself, and a key when it is removed, at another process soon") {
  const Site site;
  const ApiProcess first(site.settings());
  const ApiProcess second(site.settings());
  CHECK(first.ask("POST", "/api/v1/auth/register", kAnna).status == 201);
  const auto token = member(first.ask("POST", "/api/v1/auth/token", kSignIn), "access_token");
  const auto made =
      first.ask("POST", "/api/v1/auth/keys", R"({"name":"ci","scopes":["read"]})", bearer(token));
  const std::map<std::string, std::string> key{{"HTTP_X_API_KEY", member(made, "key")}};
  CHECK(second.ask("GET", "/api/v1/executions", "", key).status == 200);
  CHECK(second.ask("POST", "/api/v1/executions", "{}", key).status == 403);
  CHECK(first.ask("DELETE", "/api/v1/auth/keys/" + member(made, "id"), "", bearer(token)).status ==
        204);
  CHECK(first.ask("GET", "/api/v1/executions", "", key).status == 401);
  // KeyRing::kSeen later at the latest; how long the other one really takes is not measured here.
  CHECK(await([&] { return second.ask("GET", "/api/v1/executions", "", key).status == 401; },
              std::chrono::seconds(30), std::chrono::milliseconds(50)));
}

TEST_CASE("attempts to sign in are counted for all processes together") {
  const Site site;
  const ApiProcess first(site.settings({"--sign_in_attempts=3"}));
  const ApiProcess second(site.settings({"--sign_in_attempts=3"}));
  CHECK(first.ask("POST", "/api/v1/auth/register", kAnna).status == 201);
  const std::string wrong = R"({"username":"anna","password":"wrong horse"})";
  CHECK(first.ask("POST", "/api/v1/auth/token", wrong).status == 401);
  CHECK(second.ask("POST", "/api/v1/auth/token", wrong).status == 401);
  CHECK(first.ask("POST", "/api/v1/auth/token", wrong).status == 401);
  const auto refused = second.ask("POST", "/api/v1/auth/token", kSignIn);
  CHECK(refused.status == 429);
  CHECK_THAT(refused.headers, contains("Retry-After: "));
}

TEST_CASE("a secret that others may read, or that is short, stops the start") {
  const Site site;
  site.folder.write("token", std::string(64, 's'));
  ::chmod(site.secret().c_str(), 0644);
  ApiProcess open(site.settings());
  CHECK(open.wait() == 2);
  CHECK_THAT(open.log(), contains("chmod 600"));

  site.folder.write("token", "too short");
  ::chmod(site.secret().c_str(), 0600);
  ApiProcess weak(site.settings());
  CHECK(weak.wait() == 2);
  CHECK_THAT(weak.log(), contains("at least 32"));
}

TEST_CASE("a setting that does not exist for auth stops the start") {
  const Site site;
  ApiProcess process(site.settings({"--auth=maybe"}));
  CHECK(process.wait() == 2);
  CHECK_THAT(process.log(), contains("open required"));
}

TEST_CASE("quotas hold for all processes together") {
  const Site site;
  // Nothing runs here, so that nothing makes room; the database thinks that a worker is there.
  site.base.sql(
      "insert into workers (id, host, slots, running, warm, images)\n"
      "values (gen_random_uuid(), 'test', 1, 0, 0, '{python}')");
  const ApiProcess first(site.settings({"--quota_queued=3"}));
  const ApiProcess second(site.settings({"--quota_queued=3"}));
  CHECK(first.ask("POST", "/api/v1/auth/register", kAnna).status == 201);
  const auto token = member(first.ask("POST", "/api/v1/auth/token", kSignIn), "access_token");
  int accepted = 0;
  for (int i = 0; i < 8; ++i) {
    const auto answer = (i % 2 == 0 ? first : second)
                            .ask("POST", "/api/v1/executions",
                                 R"({"language":"python","code":"pass"
  })",
                                 bearer(token));
    CHECK((answer.status == 202 || answer.status == 429));
    accepted += answer.status == 202 ? 1 : 0;
  }
  CHECK(accepted == 3);
}
