#pragma once
// Hosts and origins as browsers write them (RFC 9110 section 7.2, RFC 6454 section 6.2).
#include <optional>
#include <string>
#include <string_view>

namespace runyard {

/// A host, with the port behind it.
struct Authority {
  std::string host;  ///< in lower case, without a dot at its end; IPv6 canonical, in brackets
  std::string port;  ///< digits; "" when none was named
};

/// Of "host", "host:port", "[::1]:port". nullopt for anything else: user names, several hosts,
/// abbreviated addresses in brackets, bytes that no browser sends.
std::optional<Authority> parse_authority(std::string_view text);

/// True for an IPv4 address of four decimal parts and for IPv6 in brackets: such a host is asked of
/// no name service, so that nobody can make it lead elsewhere.
bool is_address_host(const std::string& host);

struct WebOrigin {
  std::string scheme;  ///< in lower case
  std::string host;    ///< as in Authority
  std::string port;    ///< the scheme's own when none was named; "" for a scheme without one

  bool operator==(const WebOrigin& other) const {
    return scheme == other.scheme && host == other.host && port == other.port;
  }
};

/// Of "https://host[:port]" without a path. nullopt for "null" and anything else.
std::optional<WebOrigin> parse_origin(std::string_view text);

/// The port of http, https, ws and wss; "" for another scheme.
std::string_view default_port(std::string_view scheme);

}  // namespace runyard
