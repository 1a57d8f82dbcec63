// The commands user, key and quota against a database.
#include <fstream>

#include "core/account.hpp"
#include "core/admin_user_store.hpp"
#include "core/json.hpp"
#include "core/password.hpp"
#include "core/quota_store.hpp"
#include "tests/support/admin_run.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temp_database.hpp"

using namespace runyard;
using namespace runyard::test;

namespace {

constexpr char kNoId[] = "01890000-0000-7000-8000-000000000000";

struct Desk {
  TempDatabase base;
  mutable Database database{base.options(), 1};

  AdminRun run(std::vector<std::string> arguments, const std::string& input = "") const {
    arguments.insert(arguments.begin(), "--db=" + base.options());
    return run_admin(std::move(arguments), input);
  }
  /// Its output, when all went well.
  std::string done(std::vector<std::string> arguments, const std::string& input = "") const {
    const auto result = run(std::move(arguments), input);
    INFO(result.err);
    CHECK(result.code == 0);
    return result.out;
  }
  /// Its exit code and its one line.
  std::string refused(std::vector<std::string> arguments, const std::string& input = "") const {
    const auto result = run(std::move(arguments), input);
    CHECK(result.out.empty());
    CHECK(is_one_line(result.err));
    return std::to_string(result.code) + " " + result.err;
  }
  void add_anna() const {
    done({"user", "add", "Anna", "--email", "anna@example.com", "--full-name", "Anna A"},
         "geheim-genug\n");
  }
  std::string hash(const std::string& name) const {
    return base.sql("select password_hash from users where username = '" + name + "'");
  }
};

}  // namespace

TEST_CASE("a user is added with a password from the input, which is nowhere but in its hash") {
  const Desk desk;
  const auto run =
      desk.run({"user", "add", "Anna", "--email", "anna@example.com"}, "geheim-genug\n");
  CHECK(run.code == 0);
  CHECK_THAT(run.out, contains("added Anna (account:"));
  CHECK((run.out + run.err).find("geheim") == std::string::npos);
  CHECK(matches_password("geheim-genug", desk.hash("Anna")));
  CHECK_THAT(
      desk.refused({"user", "add", "ANNA", "--email", "other@example.com"}, "geheim-genug\n"),
      contains("1 runyard-admin: NAME is another user's"));
  CHECK_THAT(desk.refused({"user", "add", "bert", "--email", "Anna@example.com"}, "geheim-genug\n"),
             contains("1 runyard-admin: --email is another user's"));
}

TEST_CASE("a user that breaks a rule is not added, and the line names field and rule") {
  const Desk desk;
  const auto add = [&](const std::string& name, const std::string& email,
                       const std::string& full = "") {
    return desk.refused({"user", "add", name, "--email", email, "--full-name", full},
                        "geheim-genug\n");
  };
  CHECK_THAT(add("", "a@example.com"), contains("2 runyard-admin: NAME must not be empty"));
  CHECK_THAT(add(" a", "a@example.com"), contains("NAME must not begin or end with a space"));
  CHECK_THAT(add("a\nb", "a@example.com"), contains("NAME must not hold control characters"));
  CHECK_THAT(add(std::string(101, 'a'), "a@example.com"),
             contains("NAME must be at most 100 bytes"));
  CHECK_THAT(add("a\xFF", "a@example.com"), contains("NAME must be UTF-8"));
  CHECK_THAT(add("a", "example.com"), contains("--email must be an address"));
  CHECK_THAT(add("a", "a@example.com", std::string(201, 'x')),
             contains("--full-name must be at most 200"));
  CHECK_THAT(desk.refused({"user", "add", "a", "--email", "a@example.com"}, "short\n"),
             contains("2 runyard-admin: the password must be at least 8 bytes"));
  CHECK(desk.base.sql("select count(*) from users where id > 1") == "0");
}

TEST_CASE("users are listed for people and for programs") {
  const Desk desk;
  desk.add_anna();
  desk.done({"user", "add", "robot", "--email", "r@example.com", "--no-password"});
  desk.done({"user", "disable", "ROBOT"});
  const auto text = desk.done({"user", "list"});
  CHECK_THAT(text, contains("USERNAME") && contains("Anna") && contains("robot"));
  const auto users = json::parse(desk.done({"user", "list", "--json"}));
  REQUIRE(users.array()->size() == 3);  // and the code sessions' own
  const auto& anna = (*users.array())[1];
  CHECK(*anna.find("username")->string() == "Anna");
  CHECK(*anna.find("full_name")->string() == "Anna A");
  CHECK(*anna.find("password")->boolean());
  CHECK(anna.find("disabled_at")->is_null());
  const auto& robot = (*users.array())[2];
  CHECK_FALSE(*robot.find("password")->boolean());
  CHECK(robot.find("disabled_at")->string());
}

TEST_CASE("another password replaces the first, and can be taken away") {
  const Desk desk;
  desk.add_anna();
  desk.done({"user", "password", "anna"}, "anders-genug\n");
  CHECK(matches_password("anders-genug", desk.hash("Anna")));
  CHECK(desk.base.sql("select token_generation = 1 from users where username = 'Anna'") == "t");
  desk.done({"user", "password", "anna", "--no-password"});
  CHECK(desk.hash("Anna").empty());
  CHECK_THAT(desk.refused({"user", "password", "bert"}, "anders-genug\n"),
             contains("3 runyard-admin: there is no user \"bert\""));
}

TEST_CASE("removing a user says what goes and what stays, and asks") {
  const Desk desk;
  desk.add_anna();
  const auto id = desk.base.sql("select id from users where username = 'Anna'");
  const auto owner = "account:" + id;
  desk.done({"key", "add", "anna", "--name", "ci"});
  desk.done({"quota", "set", "anna", "queued=5"});
  desk.base.sql("insert into webhook_secrets (owner, secret) values ('" + owner + "', 'whsec_x')");
  desk.base.sql(
      "insert into code_sessions (id, owner, user_id, language) values (gen_random_uuid(), '" +
      owner + "', " + id + ", 'python'), (gen_random_uuid(), 'addr:x', " + id + ", 'python')");
  desk.base.sql(
      "insert into executions (id, owner, language, version, isolation, request) values "
      "(uuid7_floor(now()), '" +
      owner + "', 'python', '3', 'reuse', '{}')");
  const auto asked = desk.run({"user", "remove", "anna"});
  CHECK(asked.code == 2);
  CHECK_THAT(asked.err, contains("say --yes") && contains("1 keys") &&
                            contains("1 executions (0 unfinished)") &&
                            contains("1 code sessions stay"));
  CHECK(desk.base.sql("select count(*) from users where username = 'Anna'") == "1");

  CHECK_THAT(desk.done({"user", "remove", "anna", "--yes"}), contains("removed Anna"));
  for (const char* table : {"api_keys", "quotas", "webhook_secrets"})
    CHECK(desk.base.sql(std::string("select count(*) from ") + table) == "0");
  CHECK(desk.base.sql("select count(*) from users where username = 'Anna'") == "0");
  CHECK(desk.base.sql("select count(*) from executions") == "1");
  CHECK(desk.base.sql("select count(*) from code_sessions where user_id is null") == "2");
  CHECK_THAT(desk.refused({"user", "remove", "anna", "--yes"}),
             contains("3 runyard-admin: there is no user"));
  // Whoever takes the name gets another id, so nothing of hers.
  desk.add_anna();
  CHECK(desk.base.sql("select id from users where username = 'Anna'") != id);
}

TEST_CASE("a key is printed once, alone on its line, and opens what its scopes say") {
  const Desk desk;
  desk.add_anna();
  const auto run = desk.run({"key", "add", "anna", "--name", "ci", "--scopes", "submit,read,read"});
  CHECK(run.code == 0);
  CHECK(run.out.size() == 68);
  CHECK_THAT(run.err, contains("read,submit") && contains("shown only now"));
  const auto text = run.out.substr(0, 67);
  const auto key = UserStore(desk.database).use_key(digest_of_key(text));
  REQUIRE(key);
  CHECK(key->scopes == std::vector<std::string>{"read", "submit"});
  const auto listed = desk.done({"key", "list"});
  CHECK_THAT(listed, contains(key->id) && contains("read,submit"));
  CHECK(listed.find(text) == std::string::npos);
  CHECK(json::parse(desk.done({"key", "list", "user:x", "--json"})).array()->empty());
  CHECK(json::parse(desk.done({"key", "list", "ANNA", "--json"})).array()->size() == 1);

  // What nobody can give themself.
  CHECK(desk.done({"key", "add", "anna", "--name", "fast", "--scopes", "priority,submit"}).size() ==
        68);
  const auto fast = UserStore(desk.database).keys(key->owner).at(1);
  CHECK(fast.scopes == std::vector<std::string>{"submit", "priority"});
  desk.done({"key", "revoke", fast.id});

  CHECK_THAT(desk.done({"key", "revoke", key->id}), contains("revoked " + key->id));
  CHECK_THAT(desk.refused({"key", "revoke", key->id}),
             contains("3 runyard-admin: there is no key"));
  CHECK(desk.base.sql("select count(*) from api_keys") == "0");
}

TEST_CASE("a key that cannot be is refused by its rule") {
  const Desk desk;
  desk.add_anna();
  CHECK_THAT(desk.refused({"key", "add", "bert", "--name", "x"}),
             contains("3 runyard-admin: there is no user \"bert\""));
  CHECK_THAT(desk.refused({"key", "add", "account:77", "--name", "x"}),
             contains("3 runyard-admin: there is no user account:77"));
  CHECK_THAT(desk.refused({"key", "add", "account:x", "--name", "x"}),
             contains("2 runyard-admin: OWNER"));
  CHECK_THAT(desk.refused({"key", "add", "addr:10.0.0.0/8", "--name", "x"}),
             contains("2 runyard-admin: OWNER must not be an address"));
  CHECK_THAT(desk.refused({"key", "add", "anna", "--name", ""}),
             contains("2 runyard-admin: --name must be 1 to 100"));
  CHECK_THAT(
      desk.refused({"key", "add", "anna", "--name", "x", "--scopes", "read,fly"}),
      contains(
          "2 runyard-admin: --scopes must be of read,submit,author,account,priority, not \"fly\""));
  CHECK_THAT(desk.refused({"key", "revoke", "x"}), contains("2 runyard-admin: ID must be a UUID"));
  CHECK_THAT(desk.refused({"key", "revoke", kNoId}), contains("3 runyard-admin: there is no key"));
  desk.base.sql(
      "insert into api_keys (id, owner, name, digest, scopes) select gen_random_uuid(), "
      "'user:many', 'k', "
      "sha256(n::text::bytea), array['read'] from generate_series(1, 100) as n");
  CHECK_THAT(desk.refused({"key", "add", "user:many", "--name", "x"}),
             contains("1 runyard-admin: user:many has 100 keys"));
}

TEST_CASE("a key that could not be printed is named, so that it can be revoked") {
  const Desk desk;
  desk.add_anna();
  std::ofstream full("/dev/full");
  std::ostringstream err;
  admin::Console console(-1, full, err);
  CHECK(admin::run({{"--db=" + desk.base.options(), "key", "add", "anna", "--name", "ci"}, {}},
                   console) == 1);
  const auto id = desk.base.sql("select id from api_keys");
  CHECK_THAT(err.str(), contains("runyard-admin: stdout: No space left on device") &&
                            contains("runyard-admin key revoke " + id + "\n"));
}

TEST_CASE("a disabled user is given no key") {
  const Desk desk;
  desk.add_anna();
  desk.done({"user", "disable", "anna"});
  CHECK_THAT(desk.refused({"key", "add", "anna", "--name", "ci"}), contains("is disabled"));
  CHECK(desk.base.sql("select count(*) from api_keys") == "0");
}

TEST_CASE("a quota is set limit by limit, shown, and taken back") {
  const Desk desk;
  desk.add_anna();
  const auto owner = "account:" + desk.base.sql("select id from users where username = 'Anna'");
  QuotaStore store(desk.database);
  desk.done({"quota", "set", "anna", "queued=5", "per_minute=0"});
  CHECK_THAT(desk.done({"quota", "set", "anna", "queued=6", "running=7"}),
             contains("6") && contains("7") && contains("default"));
  auto quota = store.overrides(owner);
  REQUIRE(quota);
  CHECK(quota->queued == 6);
  CHECK(quota->running == 7);
  CHECK(quota->per_minute == 0);
  CHECK_FALSE(quota->cpu_s_per_day);
  const auto shown = json::parse(desk.done({"quota", "show", "anna", "--json"}));
  CHECK(*(*shown.array())[0].find("queued")->integer() == 6);
  CHECK((*shown.array())[0].find("cpu_s_per_day")->is_null());
  desk.done({"quota", "set", "anna", "queued=default"});
  CHECK_FALSE(store.overrides(owner)->queued);
  desk.done({"quota", "set", "anna", "default"});
  CHECK_FALSE(store.overrides(owner));
  CHECK_THAT(desk.done({"quota", "show", "addr:2001:db8::/64"}), contains("default"));

  for (const char* wrong : {"queued=-1", "queued=x", "queued=", "queued=2147483648", "queued=1.5"})
    CHECK_THAT(desk.refused({"quota", "set", "anna", wrong}),
               contains("2 runyard-admin: queued must be an integer from 0"));
  for (const char* wrong : {"queud=1", "=1", "1"})
    CHECK_THAT(desk.refused({"quota", "set", "anna", wrong}),
               contains("2 runyard-admin: \"" + std::string(wrong) + "\" must be"));
  CHECK_THAT(desk.refused({"quota", "show", "bert"}),
             contains("3 runyard-admin: there is no user"));
}

TEST_CASE("a role that does not own the schema is told which one is needed") {
  const Desk desk;
  const auto role = "admin_test_" + desk.base.sql("select current_database()");
  desk.base.sql("create role " + role + "; grant select on schema_version to " + role);
  const auto run = run_admin(
      {"--db=" + desk.base.options() + " options='-c role=" + role + "'", "user", "list"});
  desk.base.sql("drop owned by " + role + "; drop role " + role);
  CHECK(run.code == 2);
  CHECK(is_one_line(run.err));
  CHECK_THAT(run.err, contains("db: the role " + role + " is not enough: this needs postgres"));
}

TEST_CASE("a database of another schema is refused in one line") {
  const Desk desk;
  desk.base.sql("insert into schema_version (version, name) values (99, 'later')");
  CHECK_THAT(desk.refused({"user", "list"}),
             contains("2 runyard-admin: db: the schema of database") && contains("version 99"));
  desk.base.sql("drop table schema_version");
  CHECK_THAT(desk.refused({"user", "list"}), contains("run runyard-migrate"));
}
