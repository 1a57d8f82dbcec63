#include "core/network.hpp"

#include "tests/support/catch.hpp"

using namespace runyard;

TEST_CASE("an IPv6 network counts as one address") {
  CHECK(network_of("2001:db8:1:2::1") == "2001:db8:1:2::/64");
  CHECK(network_of("2001:db8:1:2::1") == network_of("2001:db8:1:2:ffff::9"));
  CHECK(network_of("2001:db8:1:2::1") != network_of("2001:db8:1:3::1"));
  CHECK(network_of("192.0.2.1") == "192.0.2.1");
  CHECK(network_of("::ffff:192.0.2.1") == "192.0.2.1");
  CHECK(network_of("unix:") == "unix:");
  CHECK(network_of("").empty());
}

TEST_CASE("addresses of this machine are known in every form, and nothing else as such") {
  for (const char* own : {"127.0.0.1", "127.9.9.9", "::1", "0:0:0:0:0:0:0:1", "::ffff:127.0.0.1"}) {
    INFO(own);
    CHECK(is_loopback(own));
  }
  for (const char* other : {"", "unix:", "128.0.0.1", "127.0.0.1.example", "::2", "::1:0:0:0:1",
                            "::ffff:192.0.2.1", "2001:db8::1"}) {
    INFO(other);
    CHECK_FALSE(is_loopback(other));
  }
}

TEST_CASE("networks hold their addresses, in whatever form they come") {
  const auto networks = parse_networks("10.1.0.0/16, fd00::/8 192.0.2.7");
  for (const char* inside :
       {"10.1.0.0", "10.1.255.255", "::ffff:10.1.2.3", "fd12::1", "192.0.2.7"}) {
    INFO(inside);
    CHECK(holds(networks, inside));
  }
  for (const char* outside :
       {"10.2.0.0", "::ffff:10.2.0.1", "fe80::1", "192.0.2.8", "", "unix:", "10.1.0.1, 10.1.0.2"}) {
    INFO(outside);
    CHECK_FALSE(holds(networks, outside));
  }
  CHECK_FALSE(holds({}, "127.0.0.1"));
}
