#include "fcgi-app/auth/credentials_authenticator.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/memory_accounts.hpp"

using namespace runyard;
using namespace std::chrono_literals;

namespace {

struct Door {
  explicit Door(bool required = false, std::chrono::steady_clock::duration seen = 1h)
      : keys(accounts, seen), authenticator(required, &tokens, keys) {}

  /// The owner, or "401".
  std::string owner(std::vector<std::pair<std::string, std::string>> headers,
                    const std::string& user = "") {
    Request request;
    request.remote_addr = "192.0.2.1";
    request.user = user;
    request.headers = std::move(headers);
    const auto answer = authenticator.identify(request);
    if (const auto* problem = std::get_if<Problem>(&answer)) return std::to_string(problem->status);
    last = std::get<Caller>(answer);
    return last->owner;
  }
  std::string key(const std::string& owner, std::vector<std::string> scopes = {"read"}) {
    const auto text = new_api_key();
    accounts.add_key({"id of " + text, owner, "test", digest_of_key(text), std::move(scopes)}, 100);
    return text;
  }
  std::string token(std::int64_t id) const { return "Bearer " + tokens.issue({id}); }

  test::MemoryAccounts accounts;
  TokenSigner tokens{std::string(32, 's'), 600s};
  KeyRing keys;
  CredentialsAuthenticator authenticator;
  std::optional<Caller> last;
};

}  // namespace

TEST_CASE("without credentials a caller is an address, or nobody where they are required") {
  CHECK(Door().owner({}) == "addr:192.0.2.1");
  CHECK(Door(true).owner({}) == "401");
}

TEST_CASE("a token is its user, in either mode") {
  for (const bool required : {false, true}) {
    Door door(required);
    CHECK(door.owner({{"authorization", door.token(7)}}) == "account:7");
    CHECK(door.last->user_id == 7);
    CHECK(door.last->scopes.has(Scope::kAccount));
    CHECK(door.owner({{"authorization", "bearer   " + door.tokens.issue({7})}}) == "account:7");
  }
}

TEST_CASE("an API key is its owner, with its scopes") {
  for (const bool required : {false, true}) {
    Door door(required);
    const auto text = door.key("account:7", {"read", "author"});
    for (const auto& header : {std::pair<std::string, std::string>{"x-api-key", text},
                               {"authorization", "Bearer " + text}}) {
      CHECK(door.owner({header}) == "account:7");
      CHECK(door.last->user_id == 7);
      CHECK(door.last->scopes.has(Scope::kRead));
      CHECK(door.last->scopes.has(Scope::kAuthor));
      CHECK_FALSE(door.last->scopes.has(Scope::kSubmit));
      CHECK_FALSE(door.last->scopes.has(Scope::kAccount));
    }
    CHECK(door.owner({{"x-api-key", door.key("user:anna")}}) == "user:anna");
    CHECK_FALSE(door.last->user_id);
  }
}

TEST_CASE("wrong credentials are never an address, in either mode") {
  for (const bool required : {false, true}) {
    Door door(required);
    const auto right = door.key("account:7");
    for (const std::string text : {"", "Bearer", "Bearer ", "Bearer x", "Bearer a.b.c",
                                   "Basic dXNlcjpwYXNz", "Token x", "Bearerx"})
      CHECK(door.owner({{"authorization", text}}) == "401");
    CHECK(door.owner({{"authorization", right}}) == "401");
    CHECK(door.owner({{"authorization", "Bearer " + new_api_key()}}) == "401");
    for (const std::string& text : {std::string(), std::string("x"), new_api_key(), right + "0",
                                    right.substr(1), door.tokens.issue({7})})
      CHECK(door.owner({{"x-api-key", text}}) == "401");
    // Two that contradict each other, or not.
    CHECK(door.owner({{"authorization", door.token(7)}, {"x-api-key", right}}) == "401");
    // As a header and one with underscores would come where a web server lets both through.
    CHECK(door.owner({{"x-api-key", right}, {"x-api-key", right}}) == "401");
    CHECK(door.owner({{"x-api-key", right}, {"x-api-key", new_api_key()}}) == "401");
    CHECK(door.owner({{"authorization", door.token(7)}, {"authorization", door.token(8)}}) ==
          "401");
  }
}

TEST_CASE("the web server's word wins") {
  for (const bool required : {false, true}) {
    Door door(required);
    CHECK(door.owner({}, "anna") == "user:anna");
    CHECK(door.owner({{"authorization", door.token(7)}}, "anna") == "user:anna");
    CHECK(door.owner({{"authorization", "Basic eA=="}}, "anna") == "user:anna");
    CHECK(door.owner({}, "line\nend") == "401");
  }
}

TEST_CASE("an HTTP header is nobody's word") {
  Door door;
  CHECK(
      door.owner({{"runyard-user", "anna"}, {"x-runyard-user", "anna"}, {"remote-user", "anna"}}) ==
      "addr:192.0.2.1");
}

TEST_CASE("keys, wrong ones too, and the users of tokens are looked up once in a while") {
  Door door;
  const auto right = door.key("account:7");
  const auto wrong = new_api_key();
  for (int i = 0; i < 5; ++i) {
    CHECK(door.owner({{"x-api-key", right}}) == "account:7");
    CHECK(door.owner({{"x-api-key", wrong}}) == "401");
    CHECK(door.owner({{"x-api-key", "ry_short"}}) == "401");
    CHECK(door.owner({{"authorization", door.token(7)}}) == "account:7");
    CHECK(door.owner({}) == "addr:192.0.2.1");
  }
  CHECK(door.accounts.lookups == 3);
}

TEST_CASE("a removed key is looked up again after its time, at once where it was removed") {
  SECTION("after its time") {
    Door door(false, 0s);
    const auto text = door.key("account:7");
    CHECK(door.owner({{"x-api-key", text}}) == "account:7");
    CHECK(door.accounts.remove_key("id of " + text, "account:7"));
    CHECK(door.owner({{"x-api-key", text}}) == "401");
  }
  SECTION("at once") {
    Door door;
    const auto text = door.key("account:7");
    CHECK(door.owner({{"x-api-key", text}}) == "account:7");
    CHECK(door.accounts.remove_key("id of " + text, "account:7"));
    door.keys.forget();
    CHECK(door.owner({{"x-api-key", text}}) == "401");
  }
}

TEST_CASE(
    "a token counts in its user's generation alone, and not at all for one who is disabled or "
    "gone") {
  Door door;
  const auto owner = [&](std::int64_t id, std::int64_t generation) {
    return door.owner({{"authorization", "Bearer " + door.tokens.issue({id, generation})}});
  };
  door.accounts.token_generations[7] = 3;
  door.accounts.token_generations[8] = std::nullopt;
  CHECK(owner(7, 3) == "account:7");
  CHECK(owner(7, 2) == "401");
  CHECK(owner(7, 4) == "401");
  CHECK(owner(8, 0) == "401");
  CHECK(owner(9, 0) == "account:9");
}

TEST_CASE("a token of a newer generation than was seen is looked up, an older one is not") {
  Door door;
  const auto owner = [&](std::int64_t generation) {
    return door.owner({{"authorization", "Bearer " + door.tokens.issue({7, generation})}});
  };
  CHECK(owner(0) == "account:7");
  door.accounts.token_generations[7] = 1;
  CHECK(owner(1) == "account:7");
  const int seen = door.accounts.lookups;
  CHECK(owner(0) == "401");
  CHECK(owner(1) == "account:7");
  CHECK(door.accounts.lookups == seen);
}

TEST_CASE("a database that is away makes no caller anonymous") {
  Door door;
  const auto text = door.key("account:7");
  door.accounts.go_away(true);
  CHECK_THROWS_AS(door.owner({{"x-api-key", text}}), DatabaseUnavailable);
  CHECK_THROWS_AS(door.owner({{"authorization", door.token(7)}}), DatabaseUnavailable);
}

TEST_CASE("tokens that are switched off are wrong credentials") {
  test::MemoryAccounts accounts;
  KeyRing keys(accounts);
  CredentialsAuthenticator authenticator(false, nullptr, keys);
  Request request;
  request.headers = {
      {"authorization", "Bearer " + TokenSigner(std::string(32, 's'), 600s).issue({7})}};
  CHECK(std::holds_alternative<Problem>(authenticator.identify(request)));
}

TEST_CASE("a cache forgets what is old, and everything when it is full") {
  TimedCache<int, int> cache(10s, 3);
  const auto now = std::chrono::steady_clock::now();
  cache.put(1, 11, now);
  CHECK(cache.find(1, now + 9s) == 11);
  CHECK_FALSE(cache.find(1, now + 10s));
  for (int i = 2; i < 100; ++i) cache.put(i, i, now);
  int known = 0;
  for (int i = 0; i < 100; ++i) known += cache.find(i, now) ? 1 : 0;
  CHECK(known <= 3);
  CHECK(cache.find(99, now) == 99);
}
