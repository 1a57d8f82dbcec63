// The one statement that everybody who polls repeats.
#include <pqxx/pqxx>

#include "core/ids.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temp_database.hpp"

using runyard::test::TempDatabase;

TEST_CASE("an execution is found by the index, also in a session that knew the tables empty") {
  const TempDatabase temp;
  temp.sql("analyze executions, results, queue");
  pqxx::connection connection(temp.options());
  // Scans are counted for as long as a transaction lasts.
  pqxx::work session(connection);
  const auto find = [&] {
    return session.exec("select id from find_execution('" + runyard::new_uuid7() + "', 'bob')")
        .size();
  };
  const auto scans = [&](const std::string& kind) {
    const auto row = session.exec(
        "select sum(pg_stat_get_xact_numscans(oid)) from pg_class\n"
        "where relkind = '" +
        kind + "' and relname ~ '^(executions|results|queue)'");
    return row[0][0].as<int>();
  };
  CHECK(find() == 0);
  session.exec(
      "insert into executions (id, owner, language, version, isolation, request)\n"
      "select overlay(uuid7_floor(clock_timestamp())::text placing lpad(i::text, 12, '0') from 25)"
      "::uuid,\n"
      "  'bob', 'python', '3', 'reuse', '{}' from generate_series(1, 5000) as i");
  CHECK(find() == 0);
  CHECK(scans("r") == 0);
  CHECK(scans("i") > 0);
}
