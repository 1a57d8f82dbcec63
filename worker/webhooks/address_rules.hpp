#pragma once
// Which addresses a webhook may be sent to. Pure.
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace runyard {

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

/// What the address is that nothing may be sent to: "private", "loopback", ...; "" for one of the
/// public internet. An IPv6 address that carries an IPv4 one (mapped, NAT64, 6to4, Teredo) is
/// refused whatever it carries, and so is everything that IANA has not given out as global unicast.
std::string_view forbidden_as(const IpAddress& address);

/// The same, and the machine's own addresses, but for the networks that an operator allows.
class AddressRules final {
 public:
  explicit AddressRules(std::vector<Network> allowed = {}, std::vector<IpAddress> own = {})
      : allowed_(std::move(allowed)), own_(std::move(own)) {}

  /// Why nothing may be sent there; "" when it may.
  std::string_view refusal(const IpAddress& address) const;

 private:
  std::vector<Network> allowed_;
  std::vector<IpAddress> own_;
};

}  // namespace runyard
