#include "core/database.hpp"

#include <cstdlib>

#include "core/database_connection.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/session_environment.hpp"
#include "tests/support/temp_database.hpp"

using namespace runyard;
using namespace runyard::test;

namespace {

std::string shown(Database& database, const char* setting) {
  const std::string sql = std::string("show ") + setting;
  std::string value;
  database.run([&](DatabaseConnection& connection) {
    value = text_of(connection.exec({setting, sql.c_str()})[0][0]);
  });
  return value;
}

}  // namespace

TEST_CASE(
    "sessions have their settings, whatever the server's are and the connection string adds") {
  const TempDatabase base;
  // As they are in a server that was set up for other things.
  base.sql(
      "do $$ begin execute format('alter database %I set jit = on', current_database()); end $$");
  const SessionEnvironment environment;
  ::unsetenv("PGCONNECT_TIMEOUT");
  set_session_defaults({"lock_timeout=3s"});
  Database plain(base.options(), 1);
  CHECK(shown(plain, "jit") == "off");
  CHECK(shown(plain, "lock_timeout") == "3s");
  Database with_options(base.options() + " options='-c work_mem=5MB'", 1);
  CHECK(shown(with_options, "jit") == "off");
  CHECK(shown(with_options, "lock_timeout") == "3s");
  CHECK(shown(with_options, "work_mem") == "5MB");
  // Of no meaning on the local socket of tests.
  const std::string options = std::getenv("PGOPTIONS");
  CHECK(std::string(std::getenv("PGCONNECT_TIMEOUT")) == "3");
  CHECK_THAT(options, contains("tcp_user_timeout=10000") && contains("tcp_keepalives_idle=5"));
}
