// What the API's and the worker's roles may not, whoever gets to speak to the database in their
// name.
#include <pqxx/pqxx>
#include <string>
#include <vector>

#include "tests/support/catch.hpp"
#include "tests/support/temp_database.hpp"

using namespace runyard::test;

namespace {

const std::vector<std::string> kSchemaIsTheOwners = {
    "create table public.mine ()",
    "create function public.mine() returns int language sql as 'select 1'",
    "alter table queue add column mine int",
    "drop table queue",
    "truncate executions",
    "insert into schema_version values (99, 'mine')",
    "delete from schema_version",
    "create role mine",
    "select from pg_authid",
    "copy (select 1) to program 'true'",
    "select pg_read_file('PG_VERSION')",
    "select from reporting.executions",
};

const std::vector<std::string> kNotTheApis = {
    "delete from users",
    "insert into quotas (owner) values ('me')",
    "update quotas set queued = 0",
    "delete from quotas",
    "update executions set owner = 'me'",
    "update results set status = 'COMPLETED'",
    "insert into webhook_attempts (webhook_id, attempt) values (gen_random_uuid(), 1)",
    "delete from webhook_secrets",
    "delete from live_output",
    "update queue set worker = gen_random_uuid()",
    "update queue set owner = 'me'",
    "update queue set key = 0",
    "insert into results (execution_id, status, stdout, attempt, queue_ms)"
    " values (gen_random_uuid(), 'COMPLETED', 'x', 1, 0)",
    "select forget_unlisted(0)",
    "insert into workers (id, host, slots, running, warm) values (gen_random_uuid(), '', 1, 0, 0)",
    "select ensure_partitions(now(), 0)",
    "select drop_partitions(now())",
    "select drop_partitions_of_executions(now())",
};

const std::vector<std::string> kNotTheWorkers = {
    "select from users",
    "select from api_keys",
    "select from attempts",
    "select from quotas",
    "select from problems",
    "select from code_sessions",
    "insert into executions (id, owner) values (gen_random_uuid(), 'me')",
    "update executions set owner = 'me'",
    "update results set status = 'COMPLETED'",
    "select from results",
    "delete from results",
    "delete from executions",
    "update queue set cancelled = true",
    "update queue set followed = true",
    "update queue set owner = 'me'",
    "update queue set key = 0",
    "update queue set callback_url = 'http://me'",
    "insert into queue (id) values (gen_random_uuid())",
    "insert into idempotency (owner) values ('me')",
    "update webhook_secrets set secret = 'whsec_'",
    "delete from webhook_secrets",
    "update webhook_attempts set error = ''",
    "insert into live_input (execution_id, kind) values (gen_random_uuid(), 'stdin')",
    "select oldest_snapshot_s()",
    "select drop_partitions_of_executions(now())",
};

/// False when PostgreSQL does it, or does not for another reason.
bool not_allowed(pqxx::connection& session, const std::string& statement) {
  try {
    pqxx::work(session).exec(statement);
    return false;
  } catch (const pqxx::insufficient_privilege&) {
    return true;
  } catch (const pqxx::sql_error& error) {
    UNSCOPED_INFO(error.what());
    return false;
  }
}

void check_refused(const std::string& role, const std::vector<std::string>& statements) {
  const TempDatabase base;
  pqxx::connection session(base.options() + " user=" + role);
  for (const auto& statement : statements) {
    INFO(role << ": " << statement);
    CHECK(not_allowed(session, statement));
  }
}

}  // namespace

TEST_CASE("neither role of the programs changes the schema, or sees more than its database") {
  for (const auto* role : {"runyard_app", "runyard_worker"})
    check_refused(role, kSchemaIsTheOwners);
}

TEST_CASE("the API's role gives no quota, and changes nothing of what has happened") {
  check_refused("runyard_app", kNotTheApis);
}

TEST_CASE("the worker's role reads no account, no key and no problem, and submits nothing") {
  check_refused("runyard_worker", kNotTheWorkers);
}
