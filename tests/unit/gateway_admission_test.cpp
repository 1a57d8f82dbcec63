#include "gateway/admission.hpp"
#include "gateway/gateway_config.hpp"
#include "tests/support/catch.hpp"

using namespace runyard::gateway;

namespace {

int status_of(const std::variant<Admission::Ticket, Problem>& admitted) {
  const auto* problem = std::get_if<Problem>(&admitted);
  return problem ? problem->status : 200;
}

}  // namespace

TEST_CASE("places are counted in all and by network, and come back") {
  Admission admission(4, 2);
  auto first = admission.admit("203.0.113.1");
  auto second = admission.admit("::ffff:203.0.113.1");
  REQUIRE(status_of(first) == 200);
  REQUIRE(status_of(second) == 200);
  CHECK(status_of(admission.admit("203.0.113.1")) == 429);
  CHECK(admission.taken() == 2);
  const auto six = admission.admit("2001:db8::1");
  const auto neighbour = admission.admit("2001:db8::2:0:0:0");
  CHECK(status_of(neighbour) == 200);
  CHECK(status_of(admission.admit("127.0.0.1")) == 503);
  first = Problem{};
  CHECK(admission.taken() == 3);
  CHECK(status_of(admission.admit("203.0.113.1")) == 200);
}

TEST_CASE("this machine's own clients are counted in all only, and 0 counts no address apart") {
  Admission admission(3, 1);
  const auto first = admission.admit("127.0.0.1");
  const auto second = admission.admit("127.9.9.9");
  const auto third = admission.admit("::1");
  CHECK(status_of(third) == 200);
  CHECK(status_of(admission.admit("::1")) == 503);
  Admission any(2, 0);
  const auto one = any.admit("203.0.113.1");
  CHECK(status_of(any.admit("203.0.113.1")) == 200);
}

TEST_CASE("origins in the settings are checked and taken apart") {
  GatewayConfig config;
  const auto settings = gateway_settings(config);
  const auto find = [&settings](const std::string& name) {
    for (const auto& setting : settings)
      if (setting.name == name) return setting;
    throw std::logic_error("no such setting");
  };
  CHECK(find("allowed_origins").parse("https://a.example, http://b:81").empty());
  CHECK(config.access.allowed_origins.size() == 2);
  CHECK(find("hosts").parse("Judge.example").empty());
  CHECK(config.access.hosts == std::vector<std::string>{"judge.example"});
  CHECK_FALSE(find("allowed_origins").parse("a.example").empty());
  CHECK_FALSE(find("allowed_origins").parse("https://a.example/").empty());
  CHECK_FALSE(find("hosts").parse("http://judge.example").empty());
}
