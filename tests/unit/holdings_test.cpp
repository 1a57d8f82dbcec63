#include "worker/holdings.hpp"

#include "tests/support/catch.hpp"

using namespace runyard;

TEST_CASE(
    "what a heartbeat does not renew is abandoned, what was recorded meanwhile is not missed") {
  Holdings holdings;
  holdings.add("kept", 1);
  holdings.add("lost", 1);
  holdings.add("recorded", 1);
  const auto asked = holdings.attempts();
  const auto kept = holdings.find("kept", 1);
  const auto lost = holdings.find("lost", 1);
  holdings.remove("recorded", 1);
  CHECK(holdings.abandon_lost(asked, {"kept"}) == std::vector<std::string>{"lost"});
  CHECK(lost->abandoned());
  CHECK_FALSE(kept->abandoned());
}

TEST_CASE(
    "an attempt that was claimed while the heartbeat was under way is not abandoned with the "
    "last") {
  Holdings holdings;
  holdings.add("taken away", 1);
  const auto asked = holdings.attempts();
  const auto first = holdings.find("taken away", 1);
  REQUIRE(holdings.add("taken away", 2));
  CHECK(first->abandoned());
  CHECK(holdings.abandon_lost(asked, {}).empty());
  CHECK_FALSE(holdings.find("taken away", 2)->abandoned());
}
