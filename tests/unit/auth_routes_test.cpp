// Registering, signing in and API keys, against accounts in memory.
#include <algorithm>
#include <chrono>

#include "fcgi-app/auth/account_fields.hpp"
#include "fcgi-app/auth/attempts.hpp"
#include "tests/support/auth_fixture.hpp"
#include "tests/support/await.hpp"
#include "tests/support/catch.hpp"

using namespace runyard;
using test::AuthStack;
using Clock = std::chrono::system_clock;

namespace {

constexpr char kRegister[] = "/api/v1/auth/register";
constexpr char kToken[] = "/api/v1/auth/token";
constexpr char kMe[] = "/api/v1/auth/me";
constexpr char kKeys[] = "/api/v1/auth/keys";
constexpr char kAnna[] =
    R"({"email":"anna@example.com","username":"anna","password":"correct horse","full_name":"Anna A."})";
const test::Headers kForm = {{"content-type", "application/x-www-form-urlencoded"}};

std::string text_at(const Response& response, const std::string& name) {
  const auto body = json::parse(response.body);
  const auto* value = body.find(name);
  return value && value->string() ? *value->string() : "";
}

std::vector<std::string> fields_of(const Response& response) {
  std::vector<std::string> names;
  const auto body = json::parse(response.body);
  for (const auto& error : *body.find("errors")->array())
    names.push_back(*error.find("field")->string());
  return names;
}

test::Headers signed_in(AuthStack& stack) {
  const auto response =
      stack.ask("POST", kToken, R"({"username":"anna","password":"correct horse"})");
  REQUIRE(response.status == 200);
  return {{"authorization", "Bearer " + text_at(response, "access_token")}};
}

}  // namespace

TEST_CASE("a user registers, signs in and is known") {
  AuthStack stack;
  const auto made = stack.ask("POST", kRegister, kAnna);
  CHECK(made.status == 201);
  CHECK(made.body ==
        R"({"id":1,"username":"anna","email":"anna@example.com","full_name":"Anna A.",)"
        R"("created_at":"2026-01-31T12:00:00.000Z"})");
  CHECK(*made.header("cache-control") == "no-store");

  const auto answer =
      stack.ask("POST", kToken, R"({"username":"anna","password":"correct horse"})");
  CHECK(answer.status == 200);
  CHECK(text_at(answer, "token_type") == "bearer");
  CHECK(*json::parse(answer.body).find("expires_in")->integer() == 600);
  CHECK(*answer.header("cache-control") == "no-store");

  const auto me = stack.ask("GET", kMe, "", signed_in(stack));
  CHECK(me.status == 200);
  CHECK(
      me.body ==
      R"({"id":1,"username":"anna","email":"anna@example.com","full_name":"Anna A.",)"
      R"("created_at":"2026-01-31T12:00:00.000Z","scopes":["read","submit","author","account"]})");
}

TEST_CASE("signing in takes the form that OAuth2 clients send") {
  AuthStack stack;
  stack.ask("POST", kRegister, kAnna);
  CHECK(stack.ask("POST", kToken, "username=anna&password=correct+horse", kForm).status == 200);
  CHECK(stack
            .ask("POST", kToken,
                 "grant_type=password&username=anna&password=correct%20horse&scope=&client_id=&"
                 "client_secret=",
                 {{"content-type", "application/x-www-form-urlencoded; charset=UTF-8"}})
            .status == 200);
  CHECK(stack.ask("POST", kToken, "username=anna&password=wrong", kForm).status == 401);
  CHECK(stack.ask("POST", kToken, "username=anna", kForm).status == 422);
  CHECK(stack.ask("POST", kToken, "", kForm).status == 422);
  CHECK(stack.ask("POST", kToken, "username=anna&password=%", kForm).status == 400);
  CHECK(stack.ask("POST", kToken, "username=anna&password=a%00b", kForm).status == 400);
  CHECK(stack.ask("POST", kToken, "username=anna&username=b&password=x", kForm).status == 400);
  CHECK(stack.ask("POST", kToken, "grant_type=code&username=anna&password=x", kForm).status == 422);
  CHECK(stack.ask("POST", kToken, "username=anna&password=x&other=1", kForm).status == 422);
  CHECK(stack.ask("POST", kToken, "username=anna", {{"content-type", "text/plain"}}).status == 415);
  // Refused before its fields are compared with each other.
  std::string many = "username=anna&password=x";
  for (int i = 0; i < 19; ++i) many += "&username=anna";
  CHECK(stack.ask("POST", kToken, many, kForm).status == 422);
}

TEST_CASE("a wrong password and an unknown user have the same answer") {
  AuthStack stack;
  stack.ask("POST", kRegister, kAnna);
  const auto wrong = stack.ask("POST", kToken, R"({"username":"anna","password":"wrong horse"})");
  const auto unknown = stack.ask("POST", kToken, R"({"username":"bert","password":"wrong horse"})");
  CHECK(wrong.status == 401);
  CHECK(text_at(wrong, "detail") == "Incorrect username or password");
  CHECK(*wrong.header("www-authenticate") == "Bearer");
  CHECK(unknown.status == wrong.status);
  CHECK(unknown.body == wrong.body);
  CHECK(unknown.headers == wrong.headers);
}

TEST_CASE("names and addresses are taken once") {
  AuthStack stack;
  stack.ask("POST", kRegister, kAnna);
  const auto name =
      stack.ask("POST", kRegister,
                R"({"email":"b@example.com","username":"anna","password":"correct horse"})");
  CHECK(name.status == 409);
  CHECK(fields_of(name) == std::vector<std::string>{"username"});
  const auto email =
      stack.ask("POST", kRegister,
                R"({"email":"anna@example.com","username":"bert","password":"correct horse"})");
  CHECK(email.status == 409);
  CHECK(fields_of(email) == std::vector<std::string>{"email"});
}

TEST_CASE("all mistakes of a registration are named at once") {
  AuthStack stack;
  const auto response = stack.ask(
      "POST", kRegister, R"({"email":"anna","username":" anna","password":"short","admin":true})");
  CHECK(response.status == 422);
  CHECK(fields_of(response) == std::vector<std::string>{"email", "username", "password", "admin"});
  CHECK(fields_of(stack.ask("POST", kRegister, "{}")) ==
        std::vector<std::string>{"email", "username", "password"});
  CHECK(stack.ask("POST", kRegister, "[]").status == 422);
  CHECK(stack.ask("POST", kRegister, "").status == 415);
  const auto with = [&](const std::string& name, const std::string& value) {
    std::string body = "{";
    for (const auto& [field, right] :
         {std::pair<std::string, std::string>{"email", "\"a@example.com\""},
          {"username", "\"anna\""},
          {"password", "\"correct horse\""},
          {"full_name", "\"\""}})
      body += (body.size() > 1 ? ",\"" : "\"") + field + "\":" + (field == name ? value : right);
    return stack.ask("POST", kRegister, body + "}").status;
  };
  CHECK(with("password", '"' + std::string(7, 'x') + '"') == 422);
  CHECK(with("password", '"' + std::string(1025, 'x') + '"') == 422);
  CHECK(with("password", "\"correct\\u0000horse\"") == 400);
  CHECK(with("password", "12345678") == 422);
  CHECK(with("username", "\"\"") == 422);
  CHECK(with("username", "\"a\\nb\"") == 422);
  CHECK(with("username", "\"a\\u0000b\"") == 400);
  CHECK(with("username", '"' + std::string(101, 'x') + '"') == 422);
  CHECK(with("full_name", '"' + std::string(201, 'x') + '"') == 422);
  CHECK(with("full_name", "null") == 422);
  CHECK(stack.accounts.find_user(1) == std::nullopt);
  CHECK(with("password", '"' + std::string(1024, 'x') + '"') == 201);
}

TEST_CASE("an email address has a shape") {
  for (const char* right : {"a@b.c", "anna.a+b@mail.example.com", "\xc3\xa4@example.com"})
    CHECK(is_email(right));
  for (const std::string wrong : {"", "@", "a@", "@b.c", "a@b", "a@b@c.d", "a b@c.d", "a@b c.d",
                                  "a@.c", "a@b.", "a@b..c", "a\n@b.c", "a@b.c\r\nBcc: x"})
    CHECK_FALSE(is_email(wrong));
  CHECK_FALSE(is_email(std::string(65, 'a') + "@b.c"));
}

TEST_CASE("nobody registers where that is closed") {
  AuthSettings settings;
  settings.registration_open = false;
  AuthStack stack(false, settings);
  CHECK(stack.ask("POST", kRegister, kAnna).status == 403);
  CHECK(stack.accounts.find_user(1) == std::nullopt);
}

TEST_CASE("guessing ends, for one user and for one address at everybody") {
  AuthSettings settings;
  settings.sign_in_attempts = 3;
  AuthStack stack(false, settings);
  stack.ask("POST", kRegister, kAnna);
  const auto guess = [&](const std::string& name, const std::string& password) {
    return stack.ask("POST", kToken,
                     R"({"username":")" + name + R"(","password":")" + password + "\"}");
  };
  SECTION("one user from one address, while he signs in from his own") {
    stack.address = "192.0.2.66";
    for (int i = 0; i < 3; ++i) CHECK(guess("anna", "wrong horse").status == 401);
    CHECK(guess("anna", "correct horse").status == 429);
    stack.address = "192.0.2.77";
    CHECK(guess("anna", "correct horse").status == 200);
  }
  SECTION("one user, with addresses of this machine not counted by themselves") {
    stack.address = "127.0.0.1";
    // Beyond the number for everywhere: what is refused must not count there.
    for (int i = 0; i < 3 * AttemptLimit::kFromEverywhere + 5; ++i)
      CHECK(guess("anna", "wrong horse").status == (i < 3 ? 401 : 429));
    CHECK(guess("anna", "correct horse").status == 429);
    CHECK(guess("bert", "wrong horse").status == 401);
    stack.address = "192.0.2.77";
    CHECK(guess("anna", "correct horse").status == 200);
  }
  SECTION("one user from everywhere") {
    for (int i = 0; i < 3 * AttemptLimit::kFromEverywhere; ++i) {
      stack.address = "192.0.2." + std::to_string(i + 1);
      CHECK(guess("anna", "wrong horse").status == 401);
    }
    stack.address = "192.0.2.177";
    const auto refused = guess("anna", "correct horse");
    CHECK(refused.status == 429);
    CHECK(*refused.header("retry-after") == "600");
    CHECK(guess("bert", "wrong horse").status == 401);
  }
  SECTION("one address") {
    for (int i = 0; i < 3; ++i) CHECK(guess("b" + std::to_string(i), "wrong horse").status == 401);
    CHECK(guess("anna", "correct horse").status == 429);
    stack.address = "192.0.2.77";
    CHECK(guess("anna", "correct horse").status == 200);
  }
  SECTION("one network of IPv6, which is one client's") {
    for (int i = 0; i < 3; ++i) {
      stack.address = "2001:db8:0:1::" + std::to_string(i + 1);
      CHECK(guess("b" + std::to_string(i), "wrong horse").status == 401);
    }
    stack.address = "2001:db8:0:1:ffff::9";
    CHECK(guess("anna", "correct horse").status == 429);
    stack.address = "2001:db8:0:2::1";
    CHECK(guess("anna", "correct horse").status == 200);
  }
  SECTION("the right password is no guess") {
    for (int i = 0; i < 10; ++i) CHECK(guess("anna", "correct horse").status == 200);
  }
}

TEST_CASE("registrations from one address end") {
  AuthSettings settings;
  settings.registration_attempts = 2;
  AuthStack stack(false, settings);
  const auto enroll = [&](const std::string& name) {
    return stack.ask("POST", kRegister,
                     R"({"email":")" + name + R"(@example.com","username":")" + name +
                         R"(","password":"correct horse"})");
  };
  CHECK(enroll("a").status == 201);
  CHECK(enroll("b").status == 201);
  const auto refused = enroll("c");
  CHECK(refused.status == 429);
  CHECK(*refused.header("retry-after") == "3600");
  stack.address = "192.0.2.77";
  CHECK(enroll("c").status == 201);
}

TEST_CASE("addresses of this machine are not counted, names are") {
  AuthSettings settings;
  settings.sign_in_attempts = 1;
  AuthStack stack(false, settings);
  for (const char* address : {"127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"}) {
    stack.address = address;
    CHECK(stack.ask("POST", kToken, R"({"username":")" + stack.address + R"(","password":"x"})")
              .status == 401);
  }
  CHECK(stack.ask("POST", kToken, R"({"username":"127.0.0.1","password":"x"})").status == 429);
}

TEST_CASE("who is not signed in is nobody, in either mode") {
  for (const bool required : {false, true}) {
    AuthStack stack(required);
    const auto me = stack.ask("GET", kMe);
    CHECK(me.status == 401);
    CHECK(*me.header("www-authenticate") == "Bearer");
  }
}

TEST_CASE("a user of the web server's is known by name, and may have keys") {
  AuthStack stack;
  stack.vouched = "anna";
  CHECK(stack.ask("GET", kMe).body ==
        R"({"id":null,"username":"anna","email":null,"full_name":null,"created_at":null,)"
        R"("scopes":["read","submit","author","account"]})");
  const auto made = stack.ask("POST", kKeys, R"({"name":"ci","scopes":["account"]})");
  CHECK(made.status == 201);
  stack.vouched.clear();
  CHECK(text_at(stack.ask("GET", kMe, "", {{"x-api-key", text_at(made, "key")}}), "username") ==
        "anna");
}

TEST_CASE("a token of an account that is gone is nobody's") {
  AuthStack stack;
  CHECK(stack.ask("GET", kMe, "", stack.token(99)).status == 401);
}

TEST_CASE("a token is of the look at the password, so a change while that is checked ends it") {
  AuthStack stack;
  stack.ask("POST", kRegister, kAnna);
  stack.accounts.after_find_password = [&] { stack.accounts.token_generations[1] = 1; };
  CHECK(stack.ask("GET", kMe, "", signed_in(stack)).status == 401);
  stack.accounts.after_find_password = nullptr;
  CHECK(stack.ask("GET", kMe, "", signed_in(stack)).status == 200);
}

TEST_CASE("a key is shown once, and works until it is removed") {
  AuthStack stack;
  stack.ask("POST", kRegister, kAnna);
  const auto anna = signed_in(stack);
  const auto made =
      stack.ask("POST", kKeys, R"({"name":"ci","scopes":["account","read","read"]})", anna);
  CHECK(made.status == 201);
  const auto key = text_at(made, "key");
  const auto id = text_at(made, "id");
  CHECK(is_api_key(key));
  CHECK(*made.header("location") == std::string(kKeys) + "/" + id);
  CHECK(stack.accounts.digests() == std::vector<std::string>{digest_of_key(key)});

  const test::Headers by_key = {{"x-api-key", key}};
  const auto listed = stack.ask("GET", kKeys, "", by_key);
  CHECK(listed.body == R"({"keys":[{"id":")" + id +
                           R"(","name":"ci","scopes":["read","account"],)"
                           R"("created_at":"2026-01-31T12:00:00.000Z","last_used_at":null}]})");
  CHECK(listed.body.find(key) == std::string::npos);

  CHECK(stack.ask("DELETE", std::string(kKeys) + "/" + id, "", anna).status == 204);
  CHECK(stack.ask("DELETE", std::string(kKeys) + "/" + id, "", anna).status == 404);
  CHECK(stack.ask("GET", kKeys, "", by_key).status == 401);
}

TEST_CASE("a key without named scopes reads and submits") {
  AuthStack stack;
  const auto made = stack.ask("POST", kKeys, R"({"name":"ci"})", stack.token(7));
  CHECK(made.status == 201);
  CHECK_THAT(made.body, test::contains(R"("scopes":["read","submit"])"));
}

TEST_CASE("a key gives away no scope that it has not") {
  AuthStack stack;
  const auto limited = stack.key("account:7", {"account", "read"});
  CHECK(stack.ask("POST", kKeys, R"({"name":"x","scopes":["read"]})", limited).status == 201);
  CHECK(stack.ask("POST", kKeys, R"({"name":"x","scopes":["read","submit"]})", limited).status ==
        403);
  CHECK(stack.ask("POST", kKeys, R"({"name":"x"})", limited).status == 403);
}

TEST_CASE("mistakes of a key's body are named") {
  AuthStack stack;
  const auto fields = [&](const std::string& body) {
    const auto response = stack.ask("POST", kKeys, body, stack.token(7));
    CHECK(response.status == 422);
    return fields_of(response);
  };
  using Names = std::vector<std::string>;
  CHECK(fields("{}") == Names{"name"});
  CHECK(fields(R"({"name":"","scopes":[],"x":1})") == Names{"name", "scopes", "x"});
  CHECK(fields(R"({"name":"a","scopes":["read","root"]})") == Names{"scopes[1]"});
  CHECK(fields(R"({"name":"a","scopes":"read"})") == Names{"scopes"});
  CHECK(fields(R"({"name":"a","scopes":[1]})") == Names{"scopes[0]"});
}

TEST_CASE("an address has no keys") {
  AuthStack stack;
  CHECK(stack.ask("GET", kKeys).status == 403);
  CHECK(stack.ask("POST", kKeys, R"({"name":"ci"})").status == 403);
  CHECK(stack.ask("DELETE", std::string(kKeys) + "/" + new_uuid7()).status == 403);
}

TEST_CASE("an owner has a hundred keys at most") {
  AuthStack stack;
  for (int i = 0; i < 100; ++i) stack.key("account:7", {"read"});
  CHECK(stack.ask("POST", kKeys, R"({"name":"ci"})", stack.token(7)).status == 409);
  CHECK(stack.ask("POST", kKeys, R"({"name":"ci"})", stack.token(8)).status == 201);
}

TEST_CASE("without a secret nobody signs in, and keys go on working") {
  test::MemoryAccounts accounts;
  KeyRing keys(accounts);
  AuthService auth(accounts, keys, nullptr, {});
  AuthStack parts;
  CredentialsAuthenticator authenticator(false, nullptr, keys);
  ApiContext context{authenticator, parts.executions, parts.catalog,
                     parts.monitor, parts.waiters,    {}};
  context.auth = &auth;
  const Api api(context);
  Request request;
  request.method = "POST";
  request.path = kToken;
  CHECK(api.handle(request).status == 403);
}
