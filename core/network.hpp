#pragma once
// Who is behind an address, for counting and owning.
#include <string>

namespace runyard {

/// An IPv4 address as it is, also in its IPv6 form; an IPv6 address by its first 64 bits, which is
/// the least that one customer gets: "2001:db8:1:2::/64". Anything else as it is.
std::string network_of(const std::string& address);

/// True for an address of this machine, which stands for itself or for a proxy with all its
/// clients.
bool is_loopback(const std::string& address);

}  // namespace runyard
