#include "core/schema.hpp"

#include <fstream>
#include <thread>

#include "core/errors.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/paths.hpp"
#include "tests/support/temp_database.hpp"

using namespace runyard;
using runyard::test::TempDatabase;

namespace {
const std::filesystem::path kMigrations = runyard::test::source_path("sql/migrations");
}

TEST_CASE("migrating twice changes nothing") {
  TempDatabase temp;
  CHECK(migrate(temp.options(), kMigrations).empty());
}

TEST_CASE("two starters apply each migration once") {
  TempDatabase temp;
  temp.sql("drop schema public cascade; create schema public");
  std::vector<std::string> first;
  std::thread other([&] { first = migrate(temp.options(), kMigrations); });
  const auto second = migrate(temp.options(), kMigrations);
  other.join();
  CHECK(first.size() + second.size() == static_cast<std::size_t>(kSchemaVersion));
}

TEST_CASE("a program refuses an older, a newer and an empty schema") {
  TempDatabase temp;
  Database database(temp.options(), 1);
  CHECK_NOTHROW(require_schema(database));
  temp.sql("insert into schema_version values (999, 'from the future')");
  CHECK_THROWS_AS(require_schema(database), ConfigError);
  CHECK_THROWS_AS(migrate(temp.options(), kMigrations), ConfigError);
  temp.sql("delete from schema_version");
  CHECK_THROWS_AS(require_schema(database), ConfigError);
  temp.sql("drop table schema_version");
  CHECK_THROWS_AS(require_schema(database), ConfigError);
}

TEST_CASE("a database that is away is reported as such, and found again") {
  Database nowhere("host=/nonexistent dbname=x connect_timeout=2", 1);
  CHECK_THROWS_AS(require_schema(nowhere), DatabaseUnavailable);

  TempDatabase temp;
  Database database(temp.options(), 1);
  require_schema(database);
  temp.sql(
      "select pg_terminate_backend(pid) from pg_stat_activity"
      " where datname = current_database() and pid <> pg_backend_pid()");
  CHECK_NOTHROW(require_schema(database));
}
