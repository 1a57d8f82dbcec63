#include "core/database.hpp"

#include <cstdlib>

#include "core/database_connection.hpp"
#include "core/errors.hpp"
#include "tests/support/catch.hpp"

using namespace runyard;
using namespace runyard::test;

TEST_CASE("every connection string gets settings that notice a vanished server") {
  for (const auto& options : {"host=db dbname=x", "postgresql://user@db/x", ""}) {
    INFO(options);
    CHECK_THAT(with_loss_detection(options), contains("tcp_user_timeout='10000'"));
    CHECK_THAT(with_loss_detection(options), contains("keepalives_idle='5'"));
  }
  CHECK_THAT(with_loss_detection("postgresql://user@db:6000/x"), contains("port='6000'"));
}

TEST_CASE("settings of a connection string are kept, whatever characters they hold") {
  const auto options =
      with_loss_detection(R"(host=db password='it\'s a \\ and a blank' tcp_user_timeout=300)");
  CHECK_THAT(options, contains(R"(password='it\'s a \\ and a blank')"));
  CHECK_THAT(options, contains("tcp_user_timeout='300'"));
  CHECK_NOTHROW(check_connection_string(options));
}

TEST_CASE("options of a connection string add to those that every session starts with, and win") {
  const auto restore = [before =
                            std::string(std::getenv("PGOPTIONS") ? std::getenv("PGOPTIONS") : "")] {
    ::setenv("PGOPTIONS", before.c_str(), 1);
  };
  ::setenv("PGOPTIONS", "-c lock_timeout=3s", 1);
  const auto options = with_loss_detection("dbname=x options='-c role=owner'");
  const auto without = with_loss_detection("dbname=x");
  restore();
  CHECK_THAT(options, contains("options='-c lock_timeout=3s -c role=owner'"));
  CHECK_THAT(without, !contains("options="));
}

TEST_CASE("what is no connection string is left for those who say so") {
  CHECK(with_loss_detection("hots=x") == "hots=x");
  CHECK_THROWS_AS(check_connection_string("hots=x"), ConfigError);
}
