#include "core/config.hpp"
#include "gateway/api_address.hpp"
#include "gateway/gateway_config.hpp"
#include "tests/support/catch.hpp"

using namespace runyard;
using namespace runyard::gateway;

TEST_CASE("the API's address is a socket's path or a host and a port") {
  CHECK(parse_api_address("/run/api.sock")->path == "/run/api.sock");
  const auto [text, host, port] = GENERATE(
      table<std::string, std::string, std::string>({{"api:9000", "api", "9000"},
                                                    {"10.0.0.2:1", "10.0.0.2", "1"},
                                                    {"[fd00::2]:65535", "fd00::2", "65535"}}));
  const auto address = parse_api_address(text);
  REQUIRE(address);
  CHECK(address->path.empty());
  CHECK(address->host == host);
  CHECK(address->port == port);
}

TEST_CASE("what is neither is refused with its rule") {
  const auto* const text = GENERATE("", "api", "api:", ":9000", "api:0", "api:65536", "api:9000x",
                                    "fd00::2:9000", "[]:9000", "a b:9000", "run/api.sock:1");
  CHECK_FALSE(parse_api_address(text));
  GatewayConfig config;
  const auto errors =
      load_config(gateway_settings(config), {{std::string("--api_socket=") + text}, {}});
  REQUIRE(errors.size() == 1);
  CHECK(errors[0].field.find("api_socket") != std::string::npos);
  CHECK(errors[0].message.find("must be a socket's /path or HOST:PORT") != std::string::npos);
}
