#pragma once
// Addresses and networks: who is behind one, for counting and owning, and which an operator names.
#include <array>
#include <optional>
#include <string>
#include <vector>

namespace runyard {

/// An IPv4 address as it is, also in its IPv6 form; an IPv6 address by its first 64 bits, which is
/// the least that one customer gets: "2001:db8:1:2::/64". Anything else as it is.
std::string network_of(const std::string& address);

/// True for an address of this machine, which stands for itself or for a proxy with all its
/// clients.
bool is_loopback(const std::string& address);

/// An IPv4 or IPv6 address.
struct IpAddress {
  bool v6 = false;
  std::array<unsigned char, 16> bytes{};  ///< network order; of IPv4 the first four

  bool operator==(const IpAddress& other) const { return v6 == other.v6 && bytes == other.bytes; }
};

/// Dotted decimal with four parts, or RFC 4291 section 2.2; nullopt for anything else.
std::optional<IpAddress> parse_address(const std::string& text);
std::string to_string(const IpAddress& address);

struct Network {
  IpAddress base;
  int bits = 0;

  bool contains(const IpAddress& address) const;
};

/// "10.0.0.0/8", "fd00::/8", or one address. nullopt for anything else, also for a base with bits
/// behind its prefix: it was probably meant otherwise.
std::optional<Network> parse_network(const std::string& text);

/// Networks and addresses, separated by commas or spaces. Throws std::invalid_argument with the one
/// that is none.
std::vector<Network> parse_networks(const std::string& text);

/// Whether one of the networks holds the address, an IPv4 address also in its IPv6 form. False for
/// what is no address.
bool holds(const std::vector<Network>& networks, const std::string& address);

}  // namespace runyard
