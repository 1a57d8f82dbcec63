#pragma once
// Where the API takes FastCGI requests.
#include <optional>
#include <string>
#include <string_view>

namespace runyard::gateway {

/// A unix socket's path or, where the API is on another machine or in another container, a host.
/// Whoever reaches that port says who a request's caller is: it belongs into a network that holds
/// nobody but Nginx, gateway and API.
struct ApiAddress {
  std::string path;  ///< empty: host and port count
  std::string host;  ///< a name, or an address without brackets
  std::string port;  ///< 1 to 65535
};

/// "/run/api.sock", "api:9000", "10.0.0.2:9000", "[fd00::2]:9000". nullopt: none of these.
std::optional<ApiAddress> parse_api_address(std::string_view text);

}  // namespace runyard::gateway
