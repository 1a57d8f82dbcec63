// What somebody tries who got hold of the role for reports; and what a role may not hold up.
#include <pqxx/pqxx>
#include <vector>

#include "core/work_queue.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/role_database.hpp"

using namespace runyard;
using namespace runyard::test;

namespace {

constexpr char kNotAllowed[] = "42501";

/// "" when PostgreSQL does it; else the SQLSTATE.
std::string outcome(pqxx::connection& session, const std::string& statement) {
  try {
    pqxx::nontransaction(session).exec(statement);
    return {};
  } catch (const pqxx::insufficient_privilege& error) {
    UNSCOPED_INFO(error.what());
    return kNotAllowed;  // libpqxx 6.4 gives its class alone
  } catch (const pqxx::sql_error& error) {
    UNSCOPED_INFO(error.what());
    return error.sqlstate();
  }
}

const std::vector<std::string> kAttacks = {
    // Something of its own, which fills the disk or stands in somebody's way.
    "select lo_create(0)",
    "select lo_creat(-1)",
    "select lo_from_bytea(0, 'x')",
    "select lo_import('/etc/passwd')",
    "create temporary table mine ()",
    "select 1 as one into temporary mine",
    "create temporary view mine as select 1",
    "create temporary sequence mine",
    "create function pg_temp.mine() returns int language sql as 'select 1'",
    "create schema mine",
    "create table public.mine ()",
    "create table reporting.mine ()",
    "create function reporting.mine() returns int language sql as 'select 1'",
    "create extension dblink",
    "create publication mine",
    "select pg_logical_emit_message(false, 'mine', repeat('x', 1000))",
    // Numbers and locks of others.
    "select nextval('live_input_ids')",
    "select setval('live_input_ids', 1)",
    "select pg_advisory_lock(1)",
    "select pg_advisory_xact_lock(hashtext('runyard migrations'))",
    "select pg_try_advisory_lock_shared(1, 2)",
    "begin; lock table executions in access share mode",
    "begin; lock table schema_version in access share mode",
    "begin; lock table reporting.executions in row share mode",
    // Rights that it does not have.
    "set role runyard_owner",
    "set session authorization runyard_owner",
    "alter role runyard_reporting superuser",
    "alter role runyard_reporting connection limit -1",
    "grant select on executions to runyard_reporting",
    "alter default privileges for role runyard_owner grant select on tables to public",
    "alter system set log_statement = 'none'",
    "set temp_file_limit = -1",
    "set session_replication_role = replica",
    "set log_min_messages = panic",
    // The server's host, and other sessions.
    "copy (select 1) to program 'true'",
    "copy (select 1) to '/tmp/mine'",
    "select pg_read_file('PG_VERSION')",
    "select * from pg_ls_dir('.')",
    "select pg_reload_conf()",
    "select * from pg_hba_file_rules",
    "select rolpassword from pg_authid",
};

}  // namespace

TEST_CASE("who leaves the read-only mode of reports has gained nothing") {
  const RoleDatabase base;
  for (const auto& attack : kAttacks) {
    INFO(attack);
    pqxx::connection session(base.as("runyard_reporting"));
    REQUIRE(outcome(session, "set default_transaction_read_only = off") == "");
    CHECK(outcome(session, attack) == kNotAllowed);
  }
  CHECK(base.temp.sql("select count(*) from pg_largeobject_metadata") == "0");
}

TEST_CASE("the role for reports sees no statement of others, and ends none") {
  const RoleDatabase base;
  pqxx::connection other(base.as("runyard_app"));
  pqxx::nontransaction(other).exec("select 'a secret of the application' as secret");
  pqxx::connection session(base.as("runyard_reporting"));
  pqxx::nontransaction reader(session);
  const auto pid = std::to_string(other.backendpid());
  CHECK(std::string(
            reader.exec("select query from pg_stat_activity where pid = " + pid)[0][0].c_str()) ==
        "<insufficient privilege>");
  for (const char* end : {"pg_terminate_backend", "pg_cancel_backend"})
    CHECK_THROWS_AS(reader.exec("select " + std::string(end) + "(" + pid + ")"),
                    pqxx::insufficient_privilege);
}

TEST_CASE("reports are given so many connections and so much disk, and cannot take more") {
  const RoleDatabase base;
  CHECK(base.temp.sql("select rolconnlimit from pg_roles where rolname = 'runyard_reporting'") ==
        "10");
  pqxx::connection session(base.as("runyard_reporting"));
  CHECK(std::string(pqxx::nontransaction(session).exec("show temp_file_limit")[0][0].c_str()) ==
        "2GB");
}

TEST_CASE("no lock that others can take keeps partitions from being made") {
  const RoleDatabase base;
  pqxx::connection session(base.temp.options());
  pqxx::work held(session);
  held.exec("select pg_advisory_xact_lock(hashtext('runyard partitions'))");
  pqxx::connection worker(base.as("runyard_worker"));
  outcome(worker, "set lock_timeout = '5s'");
  CHECK(outcome(worker, "select ensure_partitions(now(), 2)") == "");
  CHECK(outcome(worker, "select drop_partitions(now() - interval '1 year')") == "");
}

TEST_CASE("a report that is not done holds up partitions, and these nobody else for long") {
  const RoleDatabase base;
  base.temp.sql("select ensure_partitions(now() - interval '400 days', 0)");
  pqxx::connection session(base.as("runyard_reporting"));
  pqxx::work report(session);
  report.exec("select count(*) from reporting.executions where hour > now() - interval '500 days'");
  pqxx::connection worker(base.as("runyard_worker"));
  outcome(worker, "set lock_timeout = 0");
  // It gives up by itself, and is called again in an hour.
  CHECK(outcome(worker, "select drop_partitions(now() - interval '1 year')") == "55P03");
  report.commit();
  CHECK(outcome(worker, "select drop_partitions(now() - interval '1 year')") == "");
}
