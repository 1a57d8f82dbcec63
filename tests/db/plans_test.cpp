// Statements that were planned while the tables were empty, as they mostly are for the queue.
#include <pqxx/pqxx>

#include "core/execution_store.hpp"
#include "core/ids.hpp"
#include "core/work_queue.hpp"
#include "tests/support/await.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/session_environment.hpp"
#include "tests/support/temp_database.hpp"

using namespace runyard;
using namespace runyard::test;

namespace {

// So often that the server keeps a plan for all values.
constexpr int kOften = 8;
constexpr int kRows = 5000;

std::string submit(ExecutionStore& store) {
  Submission submission;
  submission.language = submission.version = "python";
  submission.files = {{"main.py", "pass"}};
  submission.entry = "main.py";
  const auto id = new_uuid7();
  store.submit({id, "bob", submission, false, "", ""});
  return id;
}

void fill_queue(const TempDatabase& temp) {
  temp.sql(
      "insert into queue (id, key, owner, priority, language)\n"
      "select gen_random_uuid(), i, 'bob', 'normal', 'none' from generate_series(1, " +
      std::to_string(kRows) + ") as i");
}

/// A sum of the statistics, when all connections have told theirs.
int counted(const TempDatabase& temp, const std::string& what) {
  const auto rows = std::to_string(kRows + kOften + 1);
  CHECK(await([&] {
    return temp.sql("select n_tup_ins from pg_stat_user_tables where relname = 'queue'") == rows;
  }));
  return std::stoi(temp.sql("select sum(" + what));
}

}  // namespace

TEST_CASE("a submission reads its owner's last row of the queue, however many there are now") {
  const SessionEnvironment environment;
  set_session_defaults(kLookupPlans);
  const TempDatabase temp;
  temp.sql("vacuum analyze queue");
  {
    Database database(temp.options(), 1);
    ExecutionStore store(database);
    for (int i = 0; i < kOften; ++i) submit(store);
    fill_queue(temp);
    submit(store);
  }
  CHECK(counted(temp, "seq_tup_read) from pg_stat_user_tables where relname = 'queue'") < kRows);
}

TEST_CASE("a finish reads its own row of the queue, however many there are now") {
  const SessionEnvironment environment;
  set_session_defaults(kWorkQueuePlans);
  const TempDatabase temp;
  temp.sql("vacuum analyze queue");
  {
    Database database(temp.options(), 1);
    ExecutionStore store(database);
    WorkQueue queue(database, new_uuid7());
    for (int i = 0; i <= kOften; ++i) {
      submit(store);
      const auto claim = queue.turn({}, 1, {"python"}).claims.at(0);
      if (i == kOften) fill_queue(temp);
      Result result;
      result.status = Status::kCompleted;
      CHECK(queue.turn({{claim.id, claim.attempt, result}}, 0, {"python"}).recorded.size() == 1);
    }
  }
  CHECK(counted(temp, "idx_tup_read) from pg_stat_user_indexes where relname = 'queue'") < kRows);
}

TEST_CASE("a claim past one owner's rows reads a few of them, however many there are now") {
  const SessionEnvironment environment;
  set_session_defaults(kWorkQueuePlans);
  const TempDatabase temp;
  temp.sql("vacuum analyze queue");
  {
    Database database(temp.options(), 1);
    WorkQueue queue(database, new_uuid7());
    for (int i = 0; i < kOften; ++i) CHECK(queue.claim_of_others(1, {"none"}, {"bob"}).empty());
    fill_queue(temp);
    CHECK(queue.claim_of_others(1, {"none"}, {"bob"}).empty());
    CHECK_FALSE(queue.others_wait({"none"}, {"bob"}));
    temp.sql(
        "insert into queue (id, key, owner, priority, language)\n"
        "select gen_random_uuid(), 1, 'zoe', 'normal', 'none' from generate_series(0, " +
        std::to_string(kOften) + ") as i");
  }
  CHECK(counted(temp, "idx_tup_read) from pg_stat_user_indexes where relname = 'queue'") < kRows);
  CHECK(counted(temp, "seq_tup_read) from pg_stat_user_tables where relname = 'queue'") < kRows);
}

TEST_CASE("an execution is found by the index, also in a session that knew the tables empty") {
  const TempDatabase temp;
  temp.sql("analyze executions, results, queue");
  pqxx::connection connection(temp.options());
  // Scans are counted for as long as a transaction lasts.
  pqxx::work session(connection);
  const auto find = [&] {
    return session.exec("select id from find_execution('" + new_uuid7() + "', 'bob')").size();
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
