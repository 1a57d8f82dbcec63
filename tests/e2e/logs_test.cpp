// What must not stand in any log.
#include <fstream>
#include <pqxx/pqxx>
#include <sstream>

#include "core/ids.hpp"
#include "tests/support/await.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/services.hpp"
#include "tests/support/temp_database.hpp"

using namespace runyard;
using namespace runyard::test;

TEST_CASE("a slow statement is logged without its parameters, which are programs and addresses") {
  const Stack stack;
  const auto log = [&] {
    std::ifstream in(stack.var() + "/log/postgres/current");
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
  };
  const auto mark = random_hex(16);
  const auto code = random_hex(16);
  pqxx::connection connection(test_cluster());
  pqxx::nontransaction transaction(connection);
  transaction.exec_params("select pg_sleep(0.6), $1::text /* " + mark + " */", code);
  REQUIRE(await([&] { return log().find(mark) != std::string::npos; }));
  // What is logged of a statement comes in one piece; the end of another one shows that it did.
  const auto end = random_hex(16);
  transaction.exec("select pg_sleep(0.6) /* " + end + " */");
  REQUIRE(await([&] { return log().find(end) != std::string::npos; }));
  CHECK(log().find(code) == std::string::npos);
}
