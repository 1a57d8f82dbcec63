#pragma once
// Which addresses a webhook may be sent to. Pure.
#include <string_view>
#include <utility>
#include <vector>

#include "core/network.hpp"

namespace runyard {

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
