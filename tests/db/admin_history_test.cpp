// The commands history against a database.
#include <pqxx/pqxx>

#include "core/json.hpp"
#include "tests/support/admin_run.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temp_database.hpp"

using namespace runyard;
using namespace runyard::test;

namespace {

struct Desk {
  TempDatabase base;

  AdminRun run(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), "--db=" + base.options());
    return run_admin(std::move(arguments));
  }
  std::string done(std::vector<std::string> arguments) const {
    const auto result = run(std::move(arguments));
    INFO(result.err);
    CHECK(result.code == 0);
    return result.out;
  }
  /// So many finished executions, all of that many days ago, with what belongs to them.
  void finished(int count, int days) const {
    const auto at = "clock_timestamp() - interval '" + std::to_string(days) + " days'";
    base.sql("select ensure_partitions(" + at + ", 0)");
    base.sql(
        "with e as (insert into executions (id, owner, language, version, isolation, request)"
        " select (substr(uuid7_floor(" +
        at +
        ")::text, 1, 24) || lpad(to_hex(n), 12, '0'))::uuid,"
        " 'a', 'python', '3', 'reuse', '{}' from generate_series(1, " +
        std::to_string(count) +
        ") as n returning id),"
        " r as (insert into results (execution_id, status, attempt, queue_ms) select id, "
        "'COMPLETED', 1, 0 from e),"
        " h as (insert into learning_history (owner, execution_id) select 'a', id from e),"
        " i as (insert into idempotency (owner, key, execution_id, digest) select 'a', id::text, "
        "id, 'x' from e)"
        " insert into webhooks (execution_id, owner, url, state, finished_at)"
        " select id, 'a', 'https://example.com/', 'DELIVERED', now() from e");
  }
  void queued(int days) const {
    const auto at = "clock_timestamp() - interval '" + std::to_string(days) + " days'";
    base.sql("select ensure_partitions(" + at + ", 0)");
    base.sql(
        "with e as (insert into executions (id, owner, language, version, isolation, request) "
        "values"
        " (uuid7_floor(" +
        at +
        "), 'a', 'python', '3', 'reuse', '{}') returning id)"
        " insert into queue (id, key, owner, priority, language) select id, 1, 'a', 'normal', "
        "'python' from e");
  }
  void session(int days) const {
    const auto at = "clock_timestamp() - interval '" + std::to_string(days) + " days'";
    base.sql(
        "insert into code_sessions (id, owner, language, updated_at) values"
        " ((substr(uuid7_floor(" +
        at + ")::text, 1, 24) || substr(gen_random_uuid()::text, 25))::uuid, 'a', 'python', " + at +
        ")");
  }
  std::string count(const std::string& table) const {
    return base.sql("select count(*) from " + table);
  }
};

}  // namespace

TEST_CASE("the months of the history are listed with their sizes") {
  const Desk desk;
  desk.finished(50, 1);
  desk.base.sql("analyze executions");
  const auto months = json::parse(desk.done({"history", "partitions", "--json"}));
  CHECK(std::to_string(months.array()->size()) ==
        desk.base.sql("select count(*) from pg_inherits where inhparent = 'executions'::regclass"));
  std::int64_t executions = 0;
  for (const auto& month : *months.array()) {
    CHECK(month.find("month")->string()->size() == 7);
    CHECK(*month.find("execution_bytes")->integer() > 0);
    CHECK(*month.find("result_bytes")->integer() > 0);
    executions += month.find("executions")->is_null() ? 0 : *month.find("executions")->integer();
  }
  CHECK(executions == 50);
  CHECK_THAT(desk.done({"history", "partitions"}), contains("MONTH") && contains("kB"));
}

TEST_CASE("months are made ahead, once") {
  const Desk desk;
  CHECK_THAT(desk.done({"history", "make-partitions", "--ahead", "5"}), contains("made 3 months"));
  CHECK_THAT(desk.done({"history", "make-partitions", "--ahead", "5"}), contains("made 0 months"));
  const auto last =
      desk.base.sql("select to_char(now() at time zone 'UTC' + interval '5 months', 'YYYY-MM')");
  CHECK_THAT(desk.done({"history", "partitions"}), contains(last));
}

TEST_CASE(
    "what is older than the retention goes, by months and by batches, with all that belongs to "
    "it") {
  const Desk desk;
  desk.finished(2500, 100);
  desk.finished(2500, 11);
  desk.finished(10, 9);
  const auto months = std::stoi(desk.count("pg_inherits where inhparent = 'executions'::regclass"));
  const auto out = desk.done({"history", "retain", "10", "--yes"});
  CHECK_THAT(out, contains("older than"));
  CHECK_THAT(out, contains("removed "));
  for (const char* table : {"executions", "results", "learning_history"})
    CHECK(desk.count(table) == "10");
  // Of a dropped month too little is left to matter: keys for a day, deliveries for a week.
  CHECK(desk.count("webhooks where execution_id in (select id from executions)") == "10");
  CHECK(std::stoi(desk.count("pg_inherits where inhparent = 'executions'::regclass")) < months);
  CHECK(desk.done({"history", "retain", "10", "--yes"}).find("removed") == std::string::npos);
}

TEST_CASE("months that somebody else has locked are not waited for long, and stay") {
  const Desk desk;
  desk.finished(7, 100);
  desk.finished(5, 11);
  {
    pqxx::connection other(desk.base.options());
    pqxx::work report(other);
    report.exec("select count(*) from executions");
    const auto run = desk.run({"history", "retain", "10", "--yes"});
    CHECK(run.code == 1);
    CHECK(is_one_line(run.err));
    CHECK_THAT(run.err, contains("locked by another session (a backup or report?)"));
    CHECK(desk.count("executions") == "12");
  }
  desk.done({"history", "retain", "10", "--yes"});
  CHECK(desk.count("executions") == "0");
}

TEST_CASE("a dry run says the same and removes nothing") {
  const Desk desk;
  desk.finished(7, 100);
  desk.finished(5, 11);
  desk.session(11);
  const auto dry = desk.done({"history", "retain", "10", "--sessions", "--dry-run"});
  CHECK(desk.count("executions") == "12");
  CHECK(desk.count("code_sessions") == "1");
  CHECK_THAT(dry, contains("1 code sessions"));
  const auto wet = desk.done({"history", "retain", "10", "--sessions", "--yes"});
  const auto counted = [](const std::string& text) { return text.substr(text.find(": ")); };
  CHECK(counted(wet).rfind(counted(dry), 0) == 0);
  CHECK(desk.count("executions") == "0");
  CHECK(desk.count("code_sessions") == "0");
}

TEST_CASE("what is still to do stays, however old, with its month") {
  const Desk desk;
  desk.queued(100);
  desk.finished(3, 100);
  desk.queued(11);
  CHECK_THAT(desk.done({"history", "retain", "10", "--dry-run"}),
             contains("0 whole months, 3 executions"));
  const auto out = desk.done({"history", "retain", "10", "--yes"});
  CHECK_THAT(out,
             contains("2 unfinished ones stay") && contains("removed 0 months and 3 executions"));
  CHECK(desk.count("queue") == "2");
  CHECK(desk.count("executions") == "2");
  CHECK(desk.count("results") == "0");
}

TEST_CASE("code sessions go only when they are meant, are old, and nothing of them runs") {
  const Desk desk;
  desk.session(11);
  desk.session(9);
  desk.session(12);
  desk.session(13);
  desk.queued(12);
  // One that was begun long ago, and used since.
  desk.base.sql(
      "update code_sessions set updated_at = now() where updated_at < now() - interval '12.5 "
      "days'");
  desk.base.sql(
      "update code_sessions set execution_id = (select id from queue) where updated_at < now() - "
      "interval '11.5 days'");
  desk.done({"history", "retain", "10", "--yes"});
  CHECK(desk.count("code_sessions") == "4");
  CHECK_THAT(desk.done({"history", "retain", "10", "--sessions", "--yes"}),
             contains("1 code sessions"));
  CHECK(desk.count("code_sessions") == "3");
}

TEST_CASE("nothing is removed where nobody can be asked") {
  const Desk desk;
  desk.finished(1, 11);
  const auto run = desk.run({"history", "retain", "10"});
  CHECK(run.code == 2);
  CHECK_THAT(run.err, contains("say --yes"));
  CHECK(desk.count("executions") == "1");
}
