// Users whom the operator disabled, gave another password or removed, as the API has them.
#include "core/admin_user_store.hpp"
#include "core/password.hpp"
#include "core/work_queue.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/database_api.hpp"

using namespace runyard;
using namespace runyard::test;

namespace {

constexpr char kPassword[] = "geheim-genug";

/// An API that looks everybody up anew, and one user of it.
struct Site {
  Site() {
    id = std::get<User>(
             api.users.add_user({"anna", "anna@example.com", "", hash_password(kPassword)}))
             .id;
    owner = account_owner(id);
  }
  int sign_in() { return answer_to_sign_in().status; }
  Response answer_to_sign_in(const std::string& password = kPassword) {
    return api.ask("", "POST", "/api/v1/auth/token",
                   R"({"username":"anna","password":")" + password + "\"}");
  }
  /// Signed in by the right password.
  Headers token(const std::string& password = kPassword) {
    const auto body = json::parse(answer_to_sign_in(password).body);
    return {{"authorization", "Bearer " + *body.find("access_token")->string()}};
  }
  /// What the caller's own list answers; what was seen before is forgotten first, as after 5 s.
  Response with(const Headers& headers) {
    api.keys.forget();
    return api.ask("", "GET", "/api/v1/executions", "", headers);
  }
  std::string submit() {
    const auto execution = new_uuid7();
    Submission submission;
    submission.language = "python";
    submission.version = "3";
    submission.files = {{"main.py", "print()"}};
    submission.entry = "main.py";
    api.store.submit({execution, owner, submission, false, "", ""});
    return execution;
  }

  DatabaseApi api{true};
  AdminUserStore admin{api.database};
  std::int64_t id = 0;
  std::string owner;
};

}  // namespace

TEST_CASE(
    "a disabled user's password, token and key are refused like wrong ones, and work again after") {
  Site site;
  const auto token = site.token();
  const auto key = site.api.key(site.owner, {"read"});
  REQUIRE(site.sign_in() == 200);
  REQUIRE(site.with(token).status == 200);
  REQUIRE(site.with(key).status == 200);

  REQUIRE(site.admin.set_disabled(site.id, true));
  const auto refused = site.answer_to_sign_in();
  CHECK(refused.status == 401);
  CHECK(refused.body == site.answer_to_sign_in("a-wrong-password").body);
  CHECK(site.with(token).status == 401);
  CHECK(site.with(token).body == site.with({{"authorization", "Bearer x.y.z"}}).body);
  CHECK(site.with(key).status == 401);
  CHECK(site.with(key).body == site.with({{"x-api-key", new_api_key()}}).body);

  REQUIRE(site.admin.set_disabled(site.id, false));
  CHECK(site.sign_in() == 200);
  CHECK(site.with(key).status == 200);
}

TEST_CASE("disabling ends what was signed in, also after enabling") {
  Site site;
  const auto old = site.token();
  REQUIRE(site.with(old).status == 200);
  site.admin.set_disabled(site.id, true);
  // Nobody can get one of the new generation yet; if somebody had, it would open nothing either.
  const Headers next{{"authorization", "Bearer " + site.api.tokens.issue({site.id, 1})}};
  CHECK(site.with(next).status == 401);
  site.admin.set_disabled(site.id, false);
  CHECK(site.with(next).status == 200);
  CHECK(site.with(old).status == 401);
  CHECK(site.with(site.token()).status == 200);
}

TEST_CASE("another password ends what was signed in by the one before") {
  Site site;
  const auto old = site.token();
  REQUIRE(site.with(old).status == 200);
  REQUIRE(site.admin.set_password(site.id, hash_password("anders-genug")));
  CHECK(site.with(old).status == 401);
  CHECK(site.sign_in() == 401);
  CHECK(site.with(site.token("anders-genug")).status == 200);
}

TEST_CASE("what a disabled user has stays, and what runs goes on") {
  Site site;
  const auto execution = site.submit();
  site.admin.set_disabled(site.id, true);
  WorkQueue worker(site.api.database, new_uuid7());
  const auto turn = worker.turn({}, 1, {"python"});
  REQUIRE(turn.claims.size() == 1);
  Result result;
  result.status = Status::kCompleted;
  result.exit_code = 0;
  CHECK(worker.turn({{execution, 1, result}}, 0, {}).recorded.size() == 1);
  site.admin.set_disabled(site.id, false);
  const auto seen = site.with(site.token());
  CHECK(seen.status == 200);
  CHECK_THAT(seen.body, contains(execution));
}

TEST_CASE("a removed user's tokens and keys open nothing") {
  Site site;
  const auto key = site.api.key(site.owner, {"read"});
  const auto token = site.token();
  REQUIRE(site.with(token).status == 200);
  REQUIRE(site.admin.remove(site.id));
  CHECK(site.with(token).status == 401);
  CHECK(site.with(key).status == 401);
  CHECK(site.sign_in() == 401);
  CHECK_FALSE(site.admin.remove(site.id));
}

TEST_CASE("a token that was seen before its user went makes no key") {
  Site site;
  const auto token = site.token();
  const auto ask_for_key = [&] {
    return site.api.ask("", "POST", "/api/v1/auth/keys", R"({"name":"ci"})", token).status;
  };
  REQUIRE(site.with(token).status == 200);  // known for 5 s from now
  SECTION("removed") { REQUIRE(site.admin.remove(site.id)); }
  SECTION("disabled") { REQUIRE(site.admin.set_disabled(site.id, true)); }
  CHECK(ask_for_key() == 401);
  CHECK(site.api.base.sql("select count(*) from api_keys") == "0");
}

TEST_CASE("a key of an account that is not there opens nothing") {
  Site site;
  const auto key = site.api.key(site.owner, {"read"});
  REQUIRE(site.with(key).status == 200);
  for (const std::string& owner :
       {"account:1" + std::to_string(site.id), std::string("account:99999999999999999999"),
        std::string("account:"), "account:0" + std::to_string(site.id) + "x"}) {
    INFO(owner);
    site.api.base.sql("update api_keys set owner = '" + owner + "'");
    CHECK(site.with(key).status == 401);
  }
}

TEST_CASE("others are not concerned") {
  Site site;
  const auto bert =
      std::get<User>(site.api.users.add_user({"bert", "bert@example.com", "", std::string()})).id;
  const auto other = site.api.key(account_owner(bert), {"read"});
  const auto vouched = site.api.key("user:anna", {"read"});
  const auto alike = site.api.key("accounts", {"read"});
  site.admin.set_disabled(site.id, true);
  for (const auto& key : {other, vouched, alike}) CHECK(site.with(key).status == 200);
}

TEST_CASE("a token is looked up once in a few seconds, a key likewise") {
  Site site;
  const auto token = site.token();
  REQUIRE(site.api.ask("", "GET", "/api/v1/executions", "", token).status == 200);
  site.admin.set_disabled(site.id, true);
  // This process has seen it a moment ago; it forgets within KeyRing::kSeen.
  CHECK(site.api.ask("", "GET", "/api/v1/executions", "", token).status == 200);
  site.api.keys.forget();
  CHECK(site.api.ask("", "GET", "/api/v1/executions", "", token).status == 401);
}
