#include "worker/webhooks/address_rules.hpp"

#include <algorithm>

namespace runyard {
namespace {

struct Range {
  const char* network;
  const char* what;
};

// The first that fits names it. IANA's registries of special-purpose addresses (RFC 6890), and the
// addresses under which clouds hand out credentials.
constexpr Range kForbidden4[] = {
    {"169.254.169.254/32", "metadata"},
    {"168.63.129.16/32", "metadata"},  // Azure's, in the middle of the public ones
    {"100.100.100.200/32", "metadata"},
    {"192.0.0.192/32", "metadata"},
    {"0.0.0.0/8", "this host"},
    {"10.0.0.0/8", "private"},
    {"100.64.0.0/10", "carrier-grade NAT"},
    {"127.0.0.0/8", "loopback"},
    {"169.254.0.0/16", "link-local"},
    {"172.16.0.0/12", "private"},
    {"192.0.0.0/24", "reserved"},
    {"192.0.2.0/24", "documentation"},
    {"192.88.99.0/24", "6to4 relay"},
    {"192.168.0.0/16", "private"},
    {"198.18.0.0/15", "benchmarking"},
    {"198.51.100.0/24", "documentation"},
    {"203.0.113.0/24", "documentation"},
    {"224.0.0.0/4", "multicast"},
    {"240.0.0.0/4", "reserved"},
};
constexpr Range kForbidden6[] = {
    {"fd00:ec2::254/128", "metadata"},
    {"fd20:ce::254/128", "metadata"},
    {"::/128", "this host"},
    {"::1/128", "loopback"},
    {"::ffff:0:0/96", "IPv4-mapped"},
    {"::/96", "IPv4-compatible"},
    {"64:ff9b::/96", "NAT64"},
    {"64:ff9b:1::/48", "NAT64"},
    {"100::/64", "discard-only"},
    {"2001::/32", "Teredo"},
    {"2001::/23", "reserved"},
    {"2001:db8::/32", "documentation"},
    {"2002::/16", "6to4"},
    {"3fff::/20", "documentation"},
    {"fc00::/7", "private"},
    {"fe80::/10", "link-local"},
    {"fec0::/10", "site-local"},
    {"ff00::/8", "multicast"},
};
constexpr char kGlobalUnicast6[] = "2000::/3";

struct NamedNetwork {
  Network network;
  std::string_view what;
};

template <std::size_t size>
std::vector<NamedNetwork> networks_of(const Range (&ranges)[size]) {
  std::vector<NamedNetwork> networks;
  for (const auto& range : ranges)
    networks.push_back({parse_network(range.network).value(), range.what});
  return networks;
}

}  // namespace

std::string_view forbidden_as(const IpAddress& address) {
  static const auto forbidden4 = networks_of(kForbidden4);
  static const auto forbidden6 = networks_of(kForbidden6);
  static const auto global6 = parse_network(kGlobalUnicast6).value();
  for (const auto& [network, what] : address.v6 ? forbidden6 : forbidden4)
    if (network.contains(address)) return what;
  return address.v6 && !global6.contains(address) ? "reserved" : "";
}

std::string_view AddressRules::refusal(const IpAddress& address) const {
  const bool allowed = std::any_of(allowed_.begin(), allowed_.end(), [&](const Network& network) {
    return network.contains(address);
  });
  if (allowed) return "";
  const auto kind = forbidden_as(address);
  if (!kind.empty()) return kind;
  return std::find(own_.begin(), own_.end(), address) != own_.end() ? "this machine's own" : "";
}

}  // namespace runyard
