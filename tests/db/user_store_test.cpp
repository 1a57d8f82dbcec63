#include "core/user_store.hpp"

#include <future>

#include "core/ids.hpp"
#include "core/text.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temp_database.hpp"

using namespace runyard;
using namespace std::chrono_literals;

namespace {

struct Users {
  Users() {
    // Those whose keys these tests make.
    base.sql(
        "insert into users (id, username, email) values (7, 'seven', '7@example.com'), "
        "(8, 'eight', '8@example.com')");
  }

  test::TempDatabase base;
  Database database{base.options(), 4};
  UserStore store{database};

  std::int64_t add(const std::string& name, const std::string& email) {
    const auto outcome = store.add_user({name, email, "", "$y$x"});
    const auto* user = std::get_if<User>(&outcome);
    return user ? user->id : -1 - static_cast<std::int64_t>(std::get<Taken>(outcome));
  }
  ApiKey key(const std::string& owner, const std::string& text) {
    return *store.add_key({new_uuid7(), owner, "ci", sha256_hex(text), {"read", "author"}}, 100);
  }
};

constexpr std::int64_t kUsernameTaken = -1;
constexpr std::int64_t kEmailTaken = -2;

}  // namespace

TEST_CASE("a user is found by id and by name in any case") {
  Users users;
  const auto id = users.add("Anna", "anna@example.com");
  REQUIRE(id > 0);
  CHECK(users.store.find_user(id)->username == "Anna");
  CHECK(users.store.find_user(id)->created_at.size() == 24);
  CHECK(users.store.find_password("anna")->user_id == id);
  CHECK(users.store.find_password("ANNA")->hash == "$y$x");
  CHECK_FALSE(users.store.find_user(id + 1));
  CHECK_FALSE(users.store.find_password("bert"));
  CHECK_FALSE(users.store.find_password("' or true --"));
}

TEST_CASE("names and addresses are taken whatever their case") {
  Users users;
  REQUIRE(users.add("Anna", "anna@example.com") > 0);
  CHECK(users.add("aNNa", "other@example.com") == kUsernameTaken);
  CHECK(users.add("bert", "ANNA@example.com") == kEmailTaken);
  CHECK(users.add("anna", "anna@example.com") == kUsernameTaken);
  CHECK(users.add("bert", "bert@example.com") > 0);
}

TEST_CASE("of many that take one name at once one gets it") {
  Users users;
  std::vector<std::future<std::int64_t>> takers;
  for (int i = 0; i < 12; ++i)
    takers.push_back(std::async(std::launch::async, [&users, i] {
      return users.add("anna", std::to_string(i) + "@example.com");
    }));
  int made = 0;
  for (auto& taker : takers) {
    const auto id = taker.get();
    made += id > 0 ? 1 : 0;
    if (id <= 0) CHECK(id == kUsernameTaken);
  }
  CHECK(made == 1);
}

TEST_CASE("a user without a password is known and cannot sign in") {
  Users users;
  users.base.sql("insert into users (username, email) values ('carl', 'c@example.com')");
  REQUIRE(users.store.find_password("carl"));
  CHECK_FALSE(users.store.find_password("carl")->hash);
}

TEST_CASE("a key is found by its digest and removed by its owner only") {
  Users users;
  const auto key = users.key("account:7", "secret");
  CHECK(key.scopes == std::vector<std::string>{"read", "author"});
  const auto used = users.store.use_key(sha256_hex("secret"));
  REQUIRE(used);
  CHECK(used->id == key.id);
  CHECK(used->owner == "account:7");
  CHECK(used->scopes == key.scopes);
  CHECK_FALSE(users.store.use_key(sha256_hex("other")));
  CHECK(users.base.sql("select count(*) from api_keys where api_keys::text like '%secret%'") ==
        "0");

  CHECK(users.store.keys("account:7").size() == 1);
  CHECK(users.store.keys("account:8").empty());
  CHECK_FALSE(users.store.remove_key(key.id, "account:8"));
  CHECK(users.store.remove_key(key.id, "account:7"));
  CHECK_FALSE(users.store.remove_key(key.id, "account:7"));
  CHECK_FALSE(users.store.use_key(sha256_hex("secret")));
}

TEST_CASE("a key's use is written once a minute") {
  Users users;
  users.key("account:7", "secret");
  const auto last = [&] { return users.store.keys("account:7")[0].last_used_at; };
  CHECK_FALSE(last());
  users.store.use_key(sha256_hex("secret"));
  const auto first = last();
  REQUIRE(first);
  const auto row = [&] { return users.base.sql("select ctid from api_keys"); };
  const auto written = row();
  users.store.use_key(sha256_hex("secret"));
  CHECK(row() == written);
  users.base.sql("update api_keys set last_used_at = last_used_at - interval '61 s'");
  users.store.use_key(sha256_hex("secret"));
  CHECK(*last() >= *first);
}

TEST_CASE("an owner's keys have a limit") {
  Users users;
  for (int i = 0; i < 2; ++i)
    CHECK(users.store.add_key(
        {new_uuid7(), "account:7", "ci", sha256_hex(std::to_string(i)), {"read"}}, 2));
  CHECK_FALSE(users.store.add_key({new_uuid7(), "account:7", "ci", sha256_hex("2"), {"read"}}, 2));
  CHECK(users.store.add_key({new_uuid7(), "account:8", "ci", sha256_hex("3"), {"read"}}, 2));
}

TEST_CASE("adding a key a second time is harmless") {
  Users users;
  const NewApiKey key{new_uuid7(), "account:7", "ci", sha256_hex("secret"), {"read"}};
  REQUIRE(users.store.add_key(key, 100));
  CHECK(users.store.add_key(key, 100)->id == key.id);
  CHECK(users.store.keys("account:7").size() == 1);
}

TEST_CASE("attempts are counted within a window that begins with the first") {
  Users users;
  for (int i = 0; i < 3; ++i) CHECK_FALSE(users.store.count_attempt("a", 3, 600s));
  const auto wait = users.store.count_attempt("a", 3, 600s);
  REQUIRE(wait);
  CHECK(*wait <= 600s);
  CHECK(*wait > 500s);
  CHECK_FALSE(users.store.count_attempt("b", 3, 600s));
  users.base.sql("update attempts set since = since - interval '601 s'");
  CHECK_FALSE(users.store.count_attempt("a", 3, 600s));
  CHECK(users.base.sql("select count from attempts where subject = 'a'") == "1");
}

TEST_CASE("a forgiven attempt does not count, and old ones are forgotten") {
  Users users;
  for (int i = 0; i < 10; ++i) {
    CHECK_FALSE(users.store.count_attempt("a", 1, 600s));
    users.store.forgive_attempt("a");
  }
  users.base.sql("update attempts set since = since - interval '2 days'");
  CHECK_FALSE(users.store.count_attempt("b", 1, 600s));
  CHECK(users.base.sql("select count(*) from attempts") == "1");
}

TEST_CASE("many attempts at once do not pass the limit") {
  Users users;
  std::vector<std::future<bool>> guesses;
  for (int i = 0; i < 20; ++i)
    guesses.push_back(std::async(std::launch::async,
                                 [&users] { return !users.store.count_attempt("a", 5, 600s); }));
  int passed = 0;
  for (auto& guess : guesses) passed += guess.get() ? 1 : 0;
  CHECK(passed == 5);
}
