// A database that is dumped and restored: nothing is lost, and what was to do is done once.
#include <filesystem>
#include <utility>

#include "core/execution_store.hpp"
#include "core/ids.hpp"
#include "core/schema.hpp"
#include "core/work_queue.hpp"
#include "tests/support/agent_session.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/paths.hpp"
#include "tests/support/temp_database.hpp"
#include "tests/support/temp_dir.hpp"

using namespace runyard;
using namespace runyard::test;

namespace {

std::string as_role(const TempDatabase& base, const std::string& role) {
  return base.options() + " options='-c role=" + role + "'";
}

/// Without a schema of ours, and as PostgreSQL makes one: the owner is the database's.
void empty(const TempDatabase& base) {
  base.sql(
      "drop schema public cascade; drop schema reporting cascade; "
      "create schema public authorization pg_database_owner; "
      "grant usage on schema public to public");
  base.sql("alter database " + base.sql("select current_database()") + " owner to runyard_owner");
}

/// Migrated by the schema's owner, with the roles that programs have.
void migrate_with_roles(const TempDatabase& base) {
  for (const char* role : {"runyard_owner", "runyard_app", "runyard_worker", "runyard_reporting"})
    base.sql(std::string("do $$ begin if to_regrole('") + role + "') is null then create role " +
             role + " login; end if; end $$");
  empty(base);
  migrate(as_role(base, "runyard_owner"), source_path("sql/migrations"));
}

struct Site {
  explicit Site(const TempDatabase& base)
      : app_database(as_role(base, "runyard_app"), 2),
        worker_database(as_role(base, "runyard_worker"), 2) {}

  std::string submit() {
    Submission s;
    s.language = "python";
    s.version = "3";
    s.files = {{"main.py", "print()"}};
    s.entry = "main.py";
    const auto id = new_uuid7();
    store.submit({id, "a", s, false, "", ""});
    return id;
  }
  std::vector<Claim> claim(int most) { return worker.turn({}, most, {"python"}).claims; }
  /// How many of them were recorded.
  std::size_t finish(const std::vector<Claim>& claims) {
    std::vector<Finished> all;
    for (const auto& claim : claims) {
      Result result;
      result.status = Status::kCompleted;
      result.exit_code = 0;
      result.output = "of " + claim.id;
      all.push_back({claim.id, claim.attempt, result});
    }
    return worker.turn(all, 0, {}).recorded.size();
  }

  Database app_database;
  Database worker_database;
  ExecutionStore store{app_database};
  WorkQueue worker{worker_database, new_uuid7()};
};

}  // namespace

TEST_CASE(
    "after a restore results are there, what was queued or ran is run, each once, by the same "
    "roles") {
  const TempDatabase original;
  migrate_with_roles(original);
  Site before(original);
  std::vector<std::string> ids;
  for (int i = 0; i < 9; ++i) ids.push_back(before.submit());
  const auto claims = before.claim(5);
  REQUIRE(claims.size() == 5);
  REQUIRE(before.finish({claims.begin(), claims.begin() + 3}) == 3);  // two run, four wait

  const TempDir folder;
  const auto dump = (folder.path() / "runyard.dump").string();
  output_of({"pg_dump", "--format=custom", "--no-unlogged-table-data", "--file=" + dump,
             "--dbname=" + original.options()});
  // What the site does after the backup is not in it.
  REQUIRE(before.finish({claims.begin() + 3, claims.end()}) == 2);

  const TempDatabase target;
  empty(target);
  output_of({"pg_restore", "--exit-on-error", "--dbname=" + target.options(), dump});

  Site after(target);
  require_schema(after.app_database);
  CHECK(target.sql("select count(*) from results") == "3");
  for (int i = 0; i < 3; ++i)
    CHECK(after.store.find(claims[static_cast<std::size_t>(i)].id, "a")->result->output ==
          "of " + claims[static_cast<std::size_t>(i)].id);
  for (const char* table : {"workers", "idle_workers", "watch"})
    CHECK(target.sql("select relpersistence from pg_class where oid = '" + std::string(table) +
                     "'::regclass") == "u");

  target.sql(
      "update queue set lease_until = clock_timestamp() + interval '30 s' where worker is not "
      "null");
  // The four that waited; then, when their leases are over, the two that ran.
  const auto waiting = after.claim(10);
  CHECK(waiting.size() == 4);
  CHECK(after.finish(waiting) == 4);
  CHECK(after.claim(10).empty());
  target.sql("update queue set lease_until = now() - interval '1 s'");
  WorkQueue another(after.worker_database, new_uuid7());
  const auto lost = another.turn({}, 10, {"python"}).claims;
  REQUIRE(lost.size() == 2);
  for (const auto& claim : lost) CHECK(claim.attempt == 2);
  for (const auto& claim : lost) {
    Result result;
    result.status = Status::kCompleted;
    result.exit_code = 0;
    CHECK(another.turn({{claim.id, claim.attempt, result}}, 0, {}).recorded.size() == 1);
    CHECK(another.turn({{claim.id, claim.attempt, result}}, 0, {}).recorded.empty());
  }
  CHECK(target.sql("select count(*) from queue") == "0");
  CHECK(target.sql("select count(*) from results where status = 'COMPLETED'") == "9");
  // The site goes on: new ones, partitions, and no right that was not there.
  const auto fresh = after.submit();
  CHECK(after.claim(1).size() == 1);
  after.worker.maintain_partitions(0);
  CHECK(after.store.find(fresh, "a"));
  for (const char* right : {"runyard_app', 'queue', 'insert", "runyard_worker', 'queue', 'delete",
                            "runyard_reporting', 'reporting.executions', 'select"})
    CHECK(target.sql(std::string("select has_table_privilege('") + right + "')") == "t");
  for (const auto& [column, may] : {std::pair{"lease_until", "t"}, std::pair{"cancelled", "f"}})
    CHECK(target.sql(std::string("select has_column_privilege('runyard_worker', 'queue', '") +
                     column + "', 'update')") == may);
  CHECK(target.sql("select has_table_privilege('runyard_reporting', 'executions', 'select')") ==
        "f");
  CHECK(target.sql("select has_function_privilege('runyard_app', 'drop_partitions(timestamptz)', "
                   "'execute')") == "f");
}
