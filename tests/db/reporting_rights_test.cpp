// What the role runyard_reporting may and may not.
#include "tests/support/catch.hpp"
#include "tests/support/reporting_database.hpp"

using namespace runyard;
using namespace runyard::test;

namespace {

using Rows = std::vector<std::string>;

/// One of everything, with a word in all that is nobody's business.
void put_secrets(const ReportingDatabase& database) {
  for (const char* statement : {
           "insert into users (username, email, password_hash)"
           " values ('u', 'u@example.com', 'Geheim')",
           "insert into api_keys (id, owner, name, digest, scopes) values"
           " (gen_random_uuid(), 'account:2', 'k', sha256('Geheim'), array['read'])",
           "insert into problems (id, owner, title, description, code_template, tests, checker,"
           " time_limit_ms, test_count) values (uuid7_floor(now()), 'account:2', 't', 'Geheim',"
           " '{\"python\":\"Geheim\"}', '[\"Geheim\"]', '{\"code\":\"Geheim\"}', 1, 1)",
           "insert into code_sessions (id, owner, user_id, problem_id, language, code) values"
           " (uuid7_floor(now()), 'account:2', 2, uuid7_floor(now()), 'python', 'Geheim')",
           "insert into executions (id, owner, language, version, isolation, request, origin,"
           " session_id, problem_id) values (uuid7_floor(now()), 'account:2', 'python', '3', "
           "'reuse',"
           " '{\"entry\":\"m\",\"files\":[{\"name\":\"m\",\"content\":\"Geheim\"}],"
           "\"stdin\":\"Geheim\",\"args\":[\"Geheim\"],\"env\":{\"A\":\"Geheim\"}}',"
           " 'spec', uuid7_floor(now()), uuid7_floor(now()))",
           "insert into results (execution_id, status, reason, message, stdout, stderr, compile,"
           " tests, artifacts, attempt, queue_ms, worker, started_at, wall_ms) values"
           " (uuid7_floor(now()), 'FAILED', 'WRONG_ANSWER', 'Geheim', 'Geheim', 'Geheim',"
           " '{\"stdout\":\"Geheim\",\"wall_ms\":1,\"cached\":false}', '[{\"name\":\"Geheim\","
           "\"status\":\"COMPLETED\",\"skipped\":false}]', '[\"Geheim\"]', 1, 1,"
           " gen_random_uuid(), now(), 1)",
           "insert into live_output (execution_id, id, kind, data)"
           " values (gen_random_uuid(), 1, 'stdout', 'Geheim')",
           "insert into live_input (execution_id, kind, data)"
           " values (gen_random_uuid(), 'stdin', 'Geheim')",
       })
    database.sql(std::string("begin; set local time zone 'UTC'; ") + statement + "; commit");
}

}  // namespace

TEST_CASE("no report shows code, input, outputs, tests, messages or passwords") {
  ReportingDatabase database;
  // All of one moment, so that what has the same id belongs together.
  database.sql(
      "create function now() returns timestamptz language sql immutable as"
      " 'select timestamptz ''2026-01-10 10:00Z'''");
  database.sql("select ensure_partitions('2026-01-10', 0)");
  database.sql("alter database \"" + database.sql("select current_database()") +
               "\" set search_path = public, pg_catalog");
  put_secrets(database);
  for (const auto& view : reporting_views(database)) {
    INFO(view);
    const auto name = "reporting." + view;
    const bool momentary = view == "queue" || view == "workers";
    CHECK(database.ask("select count(*) > 0 from " + name) == Rows{momentary ? "f" : "t"});
    CHECK(database.ask("select count(*) from " + name + " as v where v::text ilike '%geheim%'") ==
          Rows{"0"});
  }
}

TEST_CASE("the reporting role reads no table and no view beside its own") {
  ReportingDatabase database;
  const auto count = std::stoi(
      database.sql("select count(*) from pg_class where relnamespace = 'public'::regnamespace"
                   " and relkind in ('r', 'p', 'v')"));
  REQUIRE(count > 20);
  for (int i = 0; i < count; ++i) {
    const auto table = database.sql(
        "select quote_ident(relname) from pg_class where relnamespace = 'public'::regnamespace"
        " and relkind in ('r', 'p', 'v') order by relname offset " +
        std::to_string(i) + " limit 1");
    INFO(table);
    CHECK_THAT(database.refusal("select 1 from public." + table), contains("permission denied"));
  }
  CHECK(database.sql("select count(*) from information_schema.column_privileges"
                     " where grantee = 'runyard_reporting' and table_schema <> 'reporting'") ==
        "0");
  CHECK(database.sql("select string_agg(distinct privilege_type, ',')"
                     " from information_schema.column_privileges"
                     " where grantee = 'runyard_reporting'") == "SELECT");
}

TEST_CASE("the reporting role writes nothing") {
  ReportingDatabase database;
  for (const char* statement : {
           "insert into reporting.users (username, email) values ('a', 'a@example.com')",
           "update reporting.users set full_name = ''",
           "delete from reporting.code_sessions",
           "truncate public.queue",
           "create table public.mine ()",
           "create table reporting.mine ()",
           "create or replace view reporting.users as select 1 as id",
           "select drop_partitions(now())",
           "select ensure_partitions(now(), 1)",
       }) {
    INFO(statement);
    // The default is convenience; the rights hold without it.
    const auto refusal = database.refusal("begin read write; " + std::string(statement));
    CHECK((refusal.find("permission denied") != std::string::npos ||
           refusal.find("must be owner") != std::string::npos));
  }
}

TEST_CASE("a session of the reporting role begins read-only and with a bound for statements") {
  ReportingDatabase database;
  CHECK(database.ask("show statement_timeout") == Rows{"30s"});
  CHECK(database.ask("show default_transaction_read_only") == Rows{"on"});
}
