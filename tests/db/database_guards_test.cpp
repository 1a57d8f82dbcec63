// What a pool makes of a server that fails in one of its ways.
#include <signal.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <future>
#include <string>
#include <thread>

#include "core/database.hpp"
#include "core/database_busy.hpp"
#include "core/database_connection.hpp"
#include "core/errors.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/session_environment.hpp"
#include "tests/support/temp_database.hpp"

using namespace runyard;
using namespace runyard::test;

namespace {

// Prepared, as all of the stores' are: libpqxx 6.4 loses memory when a connection ends in another.
constexpr Statement kOne{"one", "select 1"};

/// How often the work was tried, and what came of it.
struct Outcome {
  int tries = 0;
  bool unavailable = false;
  std::string refused;  ///< what is no fault of the server's state: its SQLSTATE
};

/// Work that the server ends with this SQLSTATE, the first `failures` times.
Outcome outcome_of(Database& database, const std::string& state, int failures = 100) {
  Outcome outcome;
  try {
    database.run([&](DatabaseConnection& connection) {
      if (++outcome.tries > failures) return;
      pqxx::nontransaction session(connection.raw());
      session.exec("do $$ begin raise exception using errcode = '" + state + "'; end $$");
    });
  } catch (const DatabaseUnavailable&) {
    outcome.unavailable = true;
  } catch (const pqxx::sql_error& error) {
    outcome.refused = error.sqlstate();
  }
  return outcome;
}

pid_t backend_of(Database& database) {
  pid_t pid = 0;
  database.run([&](DatabaseConnection& connection) { pid = connection.raw().backendpid(); });
  return pid;
}

/// False on another machine than the server's, where the number is another process's.
bool is_postgres(pid_t pid) {
  std::ifstream in("/proc/" + std::to_string(pid) + "/comm");
  std::string name;
  return in >> name && name == "postgres";
}

}  // namespace

TEST_CASE("what a server says when it goes away is tried once more on another connection") {
  const TempDatabase base;
  Database database(base.options(), 1);
  // It shuts down, it starts up, it took longer than statement_timeout, it has become a standby.
  for (const std::string state : {"57P01", "57P03", "57014", "25006"}) {
    INFO(state);
    const auto before = backend_of(database);
    const auto once = outcome_of(database, state, 1);
    CHECK(once.tries == 2);
    CHECK_FALSE(once.unavailable);
    CHECK(backend_of(database) != before);
    const auto always = outcome_of(database, state);
    CHECK(always.tries == 2);
    CHECK(always.unavailable);
  }
}

TEST_CASE("a server out of means is as if it were away, and keeps its connections") {
  const TempDatabase base;
  Database database(base.options(), 1);
  // No disk, no memory, a file that it cannot read, one that it cannot write.
  for (const std::string state : {"53100", "53200", "58030", "58P01"}) {
    INFO(state);
    const auto before = backend_of(database);
    const auto outcome = outcome_of(database, state);
    CHECK(outcome.tries == 1);
    CHECK(outcome.unavailable);
    CHECK(backend_of(database) == before);
  }
}

TEST_CASE("a mistake of ours is no fault of the server's") {
  const TempDatabase base;
  Database database(base.options(), 1);
  for (const std::string state : {"22012", "23505", "54000"}) {
    INFO(state);
    const auto outcome = outcome_of(database, state);
    CHECK(outcome.tries == 1);
    CHECK_FALSE(outcome.unavailable);
    CHECK(outcome.refused == state);
  }
}

TEST_CASE("a lost connection takes the idle ones with it") {
  const TempDatabase base;
  Database database(base.options(), 3);
  // Three at once, so that there are three.
  database.run([&](DatabaseConnection& /*first*/) {
    database.run([&](DatabaseConnection& /*second*/) { backend_of(database); });
  });
  base.sql(
      "select pg_terminate_backend(pid) from pg_stat_activity"
      " where datname = current_database() and pid <> pg_backend_pid()");
  const auto tries = [&](const std::function<void()>& meanwhile) {
    int count = 0;
    database.run([&](DatabaseConnection& connection) {
      ++count;
      connection.exec(kOne);
      meanwhile();
    });
    return count;
  };
  CHECK(tries([] {}) == 2);
  // What lay beside it is not tried first.
  CHECK(tries([&] { CHECK(tries([] {}) == 1); }) == 1);
}

TEST_CASE("who finds all connections at work is told so after a time, and not that there is none") {
  const TempDatabase base;
  Database database(base.options(), 1);
  database.run([&](DatabaseConnection& /*the only one*/) {
    CHECK_THROWS_AS(backend_of(database), DatabaseBusy);
  });
  CHECK(backend_of(database) > 0);
}

TEST_CASE("a server that does not even end a statement in time is given up") {
  const TempDatabase base;
  const SessionEnvironment environment;
  set_session_defaults({"statement_timeout=3s"});
  Database database(base.options(), 1);
  const auto silent = backend_of(database);
  REQUIRE(is_postgres(silent));
  REQUIRE(::kill(silent, SIGSTOP) == 0);
  // It speaks again at the end of the test, or when it was waited for as no program should.
  std::promise<void> over;
  std::thread thaw([silent, ended = over.get_future()] {
    ended.wait_for(std::chrono::seconds(30));
    ::kill(silent, SIGCONT);
  });
  int tries = 0;
  CHECK_NOTHROW(database.run([&](DatabaseConnection& connection) {
    ++tries;
    connection.exec(kOne);
  }));
  CHECK(tries == 2);
  CHECK(backend_of(database) != silent);
  over.set_value();
  thaw.join();
}
