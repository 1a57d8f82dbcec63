#include "gateway/admission.hpp"
#include "gateway/gateway_config.hpp"
#include "gateway/origin.hpp"
#include "tests/support/catch.hpp"

using namespace runyard::gateway;

namespace {

bool allowed(const std::string& origin, const std::string& host,
             const std::vector<std::string>& list = {}) {
  return origin_allowed(&origin, &host, list);
}

int status_of(const std::variant<Admission::Ticket, Problem>& admitted) {
  const auto* problem = std::get_if<Problem>(&admitted);
  return problem ? problem->status : 200;
}

}  // namespace

TEST_CASE("a page of the same host may connect, whatever its port and scheme") {
  CHECK(allowed("http://runyard.example", "runyard.example:8080"));
  CHECK(allowed("https://RUNYARD.example:8443", "runyard.EXAMPLE"));
  CHECK(allowed("http://[::1]:3000", "[::1]:8080"));
  CHECK_FALSE(allowed("http://runyard.example.evil", "runyard.example"));
  CHECK_FALSE(allowed("http://evil.runyard.example", "runyard.example"));
}

TEST_CASE("an origin that cannot be read is foreign") {
  for (const char* origin : {"", "null", "runyard.example", "://runyard.example",
                             "http://runyard.example/", "http://runyard.example:80x",
                             "http://x@runyard.example", "http://", "http://[runyard.example"})
    CHECK_FALSE(allowed(origin, "runyard.example"));
  CHECK_FALSE(allowed("http://runyard.example", ""));
  const std::string origin = "http://runyard.example";
  CHECK_FALSE(origin_allowed(&origin, nullptr, {}));
}

TEST_CASE("no origin is no browser, and named origins and * are allowed as a whole") {
  CHECK(origin_allowed(nullptr, nullptr, {}));
  CHECK(allowed("https://a.example", "b", {"https://A.example"}));
  CHECK_FALSE(allowed("http://a.example", "b", {"https://a.example"}));
  CHECK_FALSE(allowed("https://a.example:444", "b", {"https://a.example"}));
  CHECK(allowed("null", "b", {"*"}));
}

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
  CHECK(split_list(config.allowed_origins) ==
        std::vector<std::string>{"https://a.example", "http://b:81"});
  CHECK_FALSE(find("allowed_origins").parse("a.example").empty());
  CHECK_FALSE(find("allowed_origins").parse("https://a.example/").empty());
  CHECK(split_list(" , ").empty());
}
