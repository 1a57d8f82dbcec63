// Accounts on the whole stack, through Nginx. Its API is bound to loopback, so anonymous callers
// may submit too.
#include <sys/stat.h>

#include "core/ids.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/ended.hpp"
#include "tests/support/http_client.hpp"
#include "tests/support/services.hpp"

using namespace runyard;
using namespace runyard::test;

namespace {

constexpr char kForm[] = "Content-Type: application/x-www-form-urlencoded";

/// A new user of the stack, which keeps what earlier runs made.
struct Account {
  Account() {
    const auto made = client.post("/api/v1/auth/register",
                                  R"({"email":")" + name + R"(@example.com","username":")" + name +
                                      R"(","password":"correct horse","full_name":"Test"})");
    INFO(made.body);
    REQUIRE(made.status == 201);
    id = *made.json().find("id")->integer();
    const auto answer = client.send("POST", "/api/v1/auth/token",
                                    "username=" + name + "&password=correct+horse", {kForm});
    REQUIRE(answer.status == 200);
    CHECK(text_at(answer.json(), "token_type") == "bearer");
    bearer = {"Authorization: Bearer " + text_at(answer.json(), "access_token")};
  }

  HttpClient::Headers key(const std::string& scopes) {
    const auto made =
        client.post("/api/v1/auth/keys", R"({"name":"test","scopes":[)" + scopes + "]}", bearer);
    REQUIRE(made.status == 201);
    return {"X-API-Key: " + text_at(made.json(), "key")};
  }

  HttpClient client{test_url()};
  std::string name = "u" + random_hex(8);
  std::int64_t id = 0;
  HttpClient::Headers bearer;
};

std::string run(Account& account, const HttpClient::Headers& credentials) {
  auto headers = credentials;
  const auto done = account.client.post(std::string(kExecutions) + "?wait=30",
                                        submission("python", "print('mine')"), headers);
  INFO(done.body);
  REQUIRE(done.status == 200);
  CHECK(text_at(done.json(), "stdout") == "mine\n");
  return std::string(kExecutions) + "/" + text_at(done.json(), "execution_id");
}

}  // namespace

TEST_CASE("a registered user runs a program that nobody else sees") {
  Account anna;
  Account bert;
  const auto path = run(anna, anna.bearer);
  HttpClient stranger(test_url(), kOtherOwner);
  HttpClient neighbour(test_url());
  // Often enough that Nginx answers the owner from its cache.
  for (int i = 0; i < 6; ++i) {
    CHECK(anna.client.get(path, anna.bearer).status == 200);
    CHECK(bert.client.get(path, bert.bearer).status == 404);
    CHECK(stranger.get(path).status == 404);
    CHECK(neighbour.get(path).status == 404);
    CHECK(neighbour.get(path, {"Authorization: Bearer x"}).status == 401);
  }
}

TEST_CASE("a key does what its scopes say, for its owner") {
  Account anna;
  const auto submit = anna.key(R"("submit")");
  const auto read = anna.key(R"("read")");
  const auto path = run(anna, submit);
  CHECK(anna.client.get(path, submit).status == 403);
  CHECK(anna.client.get(path, read).status == 200);
  CHECK(anna.client.get(path, anna.bearer).status == 200);
  CHECK(anna.client.post(kExecutions, submission("python", ""), read).status == 403);
  CHECK(anna.client.get("/api/v1/auth/keys", read).status == 403);
}

TEST_CASE("a wrong password is refused as the learning platform's clients know it") {
  Account anna;
  const auto answer = anna.client.send("POST", "/api/v1/auth/token",
                                       "username=" + anna.name + "&password=wrong", {kForm});
  CHECK(answer.status == 401);
  CHECK(answer.header("www-authenticate") == "Bearer");
  CHECK(text_at(answer.json(), "detail") == "Incorrect username or password");
}

TEST_CASE("wrong credentials are 401 where none would do") {
  HttpClient client(test_url());
  CHECK(client.get(kExecutions).status == 200);
  for (const char* header :
       {"Authorization: Bearer x", "Authorization: Basic eDp5", "X-API-Key: ry_0"}) {
    const auto answer = client.get(kExecutions, {header});
    CHECK(answer.status == 401);
    CHECK(answer.header("www-authenticate") == "Bearer");
  }
  CHECK(client.get("/api/v1/auth/me").status == 401);
  CHECK(client.get("/api/v1/auth/keys").status == 403);
}

TEST_CASE("no header passes for the web server's word") {
  HttpClient client(test_url());
  for (const char* header : {"RUNYARD_USER: anna", "Runyard-User: anna", "X-User: anna",
                             "X-Runyard-User: anna", "Remote-User: anna"})
    CHECK(client.get("/api/v1/auth/me", {header}).status == 401);
}

TEST_CASE("the secret is the API's alone") {
  const Stack stack;
  struct stat status {};
  REQUIRE(::stat((stack.var() + "/secret/token").c_str(), &status) == 0);
  CHECK((status.st_mode & 07777) == 0600);
  CHECK(status.st_size >= 32);
  REQUIRE(::stat((stack.var() + "/secret").c_str(), &status) == 0);
  CHECK((status.st_mode & 07777) == 0700);
}

TEST_CASE("passwords and keys stand nowhere as they are") {
  Account anna;
  const auto key = anna.key(R"("read")").at(0).substr(11);
  const Stack stack;
  CHECK(stack.sql("select password_hash like '$y$%' from users where username = '" + anna.name +
                  "'") == "t");
  CHECK(stack.sql("select count(*) from users where users::text like '%correct horse%'") == "0");
  CHECK(stack.sql("select count(*) from api_keys where api_keys::text like '%" + key + "%'") ==
        "0");
}
