// The pure parts of webhooks: addresses, signature, back-off, circuit breaker.
#include <algorithm>

#include "tests/support/catch.hpp"
#include "worker/webhooks/address_rules.hpp"
#include "worker/webhooks/own_addresses.hpp"
#include "worker/webhooks/schedule.hpp"
#include "worker/webhooks/signature.hpp"

using namespace runyard;
using namespace std::chrono_literals;

namespace {

std::string kind_of(const std::string& text) {
  const auto address = parse_address(text);
  REQUIRE(address);
  return std::string(forbidden_as(*address));
}

}  // namespace

TEST_CASE("webhooks go to no address that is not of the public internet") {
  const std::pair<const char*, const char*> table[] = {
      // The first and the last of each range, and their neighbours.
      {"0.0.0.0", "this host"},
      {"0.255.255.255", "this host"},
      {"1.0.0.0", ""},
      {"9.255.255.255", ""},
      {"10.0.0.0", "private"},
      {"10.255.255.255", "private"},
      {"11.0.0.0", ""},
      {"100.63.255.255", ""},
      {"100.64.0.0", "carrier-grade NAT"},
      {"100.127.255.255", "carrier-grade NAT"},
      {"100.128.0.0", ""},
      {"100.100.100.200", "metadata"},
      {"126.255.255.255", ""},
      {"127.0.0.1", "loopback"},
      {"127.255.255.255", "loopback"},
      {"128.0.0.0", ""},
      {"168.63.129.16", "metadata"},
      {"168.63.129.17", ""},
      {"169.253.255.255", ""},
      {"169.254.0.0", "link-local"},
      {"169.254.169.254", "metadata"},
      {"169.254.255.255", "link-local"},
      {"169.255.0.0", ""},
      {"172.15.255.255", ""},
      {"172.16.0.0", "private"},
      {"172.31.255.255", "private"},
      {"172.32.0.0", ""},
      {"192.0.0.0", "reserved"},
      {"192.0.0.192", "metadata"},
      {"192.0.1.0", ""},
      {"192.0.2.1", "documentation"},
      {"192.88.99.1", "6to4 relay"},
      {"192.168.0.0", "private"},
      {"192.168.255.255", "private"},
      {"192.169.0.0", ""},
      {"198.17.255.255", ""},
      {"198.18.0.0", "benchmarking"},
      {"198.19.255.255", "benchmarking"},
      {"198.20.0.0", ""},
      {"198.51.100.7", "documentation"},
      {"203.0.113.7", "documentation"},
      {"223.255.255.255", ""},
      {"224.0.0.0", "multicast"},
      {"239.255.255.255", "multicast"},
      {"240.0.0.0", "reserved"},
      {"255.255.255.255", "reserved"},
      {"8.8.8.8", ""},
      {"::", "this host"},
      {"::1", "loopback"},
      {"::2", "IPv4-compatible"},
      {"::127.0.0.1", "IPv4-compatible"},
      {"::ffff:127.0.0.1", "IPv4-mapped"},
      {"::ffff:8.8.8.8", "IPv4-mapped"},
      {"::ffff:0:7f00:1", "reserved"},  // translated, RFC 2765
      {"64:ff9b::7f00:1", "NAT64"},
      {"64:ff9b::808:808", "NAT64"},
      {"64:ff9b:1::1", "NAT64"},
      {"64:ff9b:2::1", "reserved"},
      {"100::1", "discard-only"},
      {"1fff:ffff::", "reserved"},
      {"2001::1", "Teredo"},
      {"2001:1ff::1", "reserved"},
      {"2001:200::1", ""},
      {"2001:db8::1", "documentation"},
      {"2001:db9::1", ""},
      {"2001:4860:4860::8888", ""},
      {"2002:7f00:1::", "6to4"},
      {"2002:808:808::1", "6to4"},
      {"2003::1", ""},
      {"3fff::1", "documentation"},
      {"3ffe::1", ""},
      {"4000::1", "reserved"},
      {"5f00::1", "reserved"},
      {"fbff::1", "reserved"},
      {"fc00::1", "private"},
      {"fd00:ec2::254", "metadata"},
      {"fd20:ce::254", "metadata"},
      {"fdff::1", "private"},
      {"fe00::1", "reserved"},
      {"fe80::1", "link-local"},
      {"febf::1", "link-local"},
      {"fec0::1", "site-local"},
      {"ff02::1", "multicast"},
  };
  for (const auto& [address, kind] : table) {
    INFO(address);
    CHECK(kind_of(address) == kind);
  }
}

TEST_CASE("an address is written in one way only") {
  CHECK(parse_address("10.1.2.3"));
  CHECK(to_string(*parse_address("10.1.2.3")) == "10.1.2.3");
  CHECK(to_string(*parse_address("FD00:0::1")) == "fd00::1");
  for (const auto* wrong : {"", "10.1", "010.1.2.3", "0x7f.0.0.1", "1.2.3.4 ", "fe80::1%lo",
                            "[::1]", "1.2.3.4.5", "256.1.1.1"})
    CHECK_FALSE(parse_address(wrong));
}

TEST_CASE("an operator allows networks, and nothing beside them") {
  const AddressRules rules(parse_networks("10.1.0.0/16, fd00:1::/32 127.0.0.1"));
  const auto refused = [&](const char* address) {
    return std::string(rules.refusal(*parse_address(address)));
  };
  CHECK(refused("10.1.255.255").empty());
  CHECK(refused("10.2.0.0") == "private");
  CHECK(refused("127.0.0.1").empty());
  CHECK(refused("127.0.0.2") == "loopback");
  CHECK(refused("::ffff:127.0.0.1") == "IPv4-mapped");
  CHECK(refused("fd00:1::7").empty());
  CHECK(refused("fd00:2::7") == "private");
  CHECK(refused("8.8.8.8").empty());
  CHECK(parse_networks("").empty());
  CHECK(parse_networks("0.0.0.0/0").at(0).contains(*parse_address("255.1.1.1")));
  for (const auto* wrong : {"10.0.0.0/33", "10.0.0.1/8", "::/129", "10.0.0.0/", "10.0.0.0/-1",
                            "10.0.0.0/8x", "all", "10.0.0.0/08 a.test"})
    CHECK_THROWS_AS(parse_networks(wrong), std::invalid_argument);
}

TEST_CASE("webhooks do not go to the machine that sends them, whatever address it has") {
  const auto own = *parse_address("8.8.8.8");
  CHECK(AddressRules({}, {own}).refusal(own) == "this machine's own");
  CHECK(AddressRules({}, {own}).refusal(*parse_address("8.8.8.9")).empty());
  CHECK(AddressRules(parse_networks("8.8.8.8"), {own}).refusal(own).empty());
  const auto found = own_addresses();
  CHECK(std::find(found.begin(), found.end(), *parse_address("127.0.0.1")) != found.end());
}

TEST_CASE("a webhook is signed as the libraries of standardwebhooks.com check it") {
  // Their own example.
  const std::string secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  const auto signature = webhook_signature(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330,
                                           R"({"test": 2432232314})");
  CHECK(signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
  CHECK(webhook_signatures({secret, "whsec_YWJj"}, "a", 1, "b") ==
        webhook_signature(secret, "a", 1, "b") + " " +
            webhook_signature("whsec_YWJj", "a", 1, "b"));
  CHECK(webhook_signature(secret, "a", 1, "b") != webhook_signature(secret, "a", 2, "b"));
  CHECK(webhook_signature(secret, "a", 1, "b") != webhook_signature(secret, "b", 1, "b"));
  CHECK_THROWS_AS(webhook_signature("MfKQ9r8G", "a", 1, "b"), std::invalid_argument);
  CHECK_THROWS_AS(webhook_signature("whsec_", "a", 1, "b"), std::invalid_argument);
}

TEST_CASE("a webhook is tried eight times, from 10 s to 6 h apart") {
  std::chrono::milliseconds all{0};
  auto before = 0ms;
  for (int attempt = 1; attempt < kWebhookAttempts; ++attempt) {
    const auto delay = retry_delay(attempt, 0);
    CHECK(delay > before);
    CHECK(retry_delay(attempt, 1) == delay + delay / 10);
    before = delay;
    all += delay;
  }
  CHECK(retry_delay(1, 0) == 10s);
  CHECK(before == 6h);
  CHECK(all > 10h);
  CHECK(retry_delay(100, 7.0) == 6h + 36min);
}

TEST_CASE("a receiver that fails again and again is left alone, and then tried with one") {
  CircuitBreaker breaker({3, 30s, 100s});
  const CircuitBreaker::Time start{};
  const std::string a = "http://a.test";
  CHECK(breaker.room(a, start, 4) == 4);
  breaker.failed(a, start);
  breaker.failed(a, start);
  CHECK(breaker.room(a, start, 4) == 4);
  breaker.failed(a, start);
  CHECK(breaker.room(a, start, 4) == 0);
  CHECK(breaker.room("http://b.test", start, 4) == 4);
  CHECK(breaker.troubled() == std::vector<std::string>{a});
  breaker.failed(a, start + 1s);  // was under way
  CHECK(breaker.room(a, start + 29s, 4) == 0);
  CHECK(breaker.room(a, start + 30s, 4) == 1);
  SECTION("what fails then is left alone for twice the time, up to a bound") {
    breaker.failed(a, start + 30s);
    CHECK(breaker.room(a, start + 89s, 4) == 0);
    CHECK(breaker.room(a, start + 90s, 4) == 1);
    breaker.failed(a, start + 90s);
    CHECK(breaker.room(a, start + 189s, 4) == 0);
    CHECK(breaker.room(a, start + 190s, 4) == 1);
  }
  SECTION("one success is enough") {
    breaker.succeeded(a);
    CHECK(breaker.room(a, start + 31s, 4) == 4);
    breaker.failed(a, start + 32s);
    CHECK(breaker.room(a, start + 32s, 4) == 4);
  }
  SECTION("what nobody was heard of is forgotten") {
    breaker.forget(start + 29s);
    CHECK(breaker.troubled().size() == 1);
    breaker.forget(start + 31s);
    CHECK(breaker.troubled().empty());
  }
}
