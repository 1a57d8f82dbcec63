#include "core/network.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <iterator>
#include <sstream>
#include <stdexcept>

namespace runyard {

std::string network_of(const std::string& address) {
  in6_addr bytes{};
  if (::inet_pton(AF_INET6, address.c_str(), &bytes) != 1) return address;
  char text[INET6_ADDRSTRLEN] = {};
  if (IN6_IS_ADDR_V4MAPPED(&bytes))
    return ::inet_ntop(AF_INET, &bytes.s6_addr[12], text, sizeof text);
  std::fill(std::begin(bytes.s6_addr) + 8, std::end(bytes.s6_addr), 0);
  return std::string(::inet_ntop(AF_INET6, &bytes, text, sizeof text)) + "/64";
}

bool is_loopback(const std::string& address) {
  in6_addr six{};
  if (::inet_pton(AF_INET6, address.c_str(), &six) == 1 && IN6_IS_ADDR_LOOPBACK(&six)) return true;
  const auto network = network_of(address);
  in_addr four{};
  return ::inet_pton(AF_INET, network.c_str(), &four) == 1 && network.compare(0, 4, "127.") == 0;
}

std::optional<IpAddress> parse_address(const std::string& text) {
  IpAddress address;
  if (text.find('\0') != std::string::npos) return std::nullopt;
  if (::inet_pton(AF_INET, text.c_str(), address.bytes.data()) == 1) return address;
  address.v6 = true;
  if (::inet_pton(AF_INET6, text.c_str(), address.bytes.data()) == 1) return address;
  return std::nullopt;
}

std::string to_string(const IpAddress& address) {
  char text[INET6_ADDRSTRLEN] = {};
  ::inet_ntop(address.v6 ? AF_INET6 : AF_INET, address.bytes.data(), text, sizeof text);
  return text;
}

bool Network::contains(const IpAddress& address) const {
  if (address.v6 != base.v6) return false;
  for (int bit = 0; bit < bits; bit += 8) {
    const auto index = static_cast<std::size_t>(bit / 8);
    const unsigned mask = bits - bit >= 8 ? 0xFFU : 0xFF00U >> (bits - bit) & 0xFFU;
    if (((address.bytes[index] ^ base.bytes[index]) & mask) != 0) return false;
  }
  return true;
}

std::optional<Network> parse_network(const std::string& text) {
  const auto slash = text.find('/');
  const auto base = parse_address(text.substr(0, slash));
  if (!base) return std::nullopt;
  const int width = base->v6 ? 128 : 32;
  if (slash == std::string::npos) return Network{*base, width};
  const auto digits = text.substr(slash + 1);
  if (digits.empty() || digits.size() > 3 ||
      digits.find_first_not_of("0123456789") != std::string::npos)
    return std::nullopt;
  const int bits = std::stoi(digits);
  if (bits > width) return std::nullopt;
  for (int bit = bits; bit < width; ++bit)
    if (base->bytes[static_cast<std::size_t>(bit / 8)] & (0x80U >> (bit % 8))) return std::nullopt;
  return Network{*base, bits};
}

std::vector<Network> parse_networks(const std::string& text) {
  std::string spaced = text;
  std::replace(spaced.begin(), spaced.end(), ',', ' ');
  std::istringstream words(spaced);
  std::vector<Network> networks;
  for (std::string word; words >> word;) {
    const auto network = parse_network(word);
    if (!network) throw std::invalid_argument(word);
    networks.push_back(*network);
  }
  return networks;
}

bool holds(const std::vector<Network>& networks, const std::string& address) {
  auto parsed = parse_address(address);
  if (!parsed) return false;
  // network_of() takes an IPv4 address out of its IPv6 form.
  if (parsed->v6)
    if (const auto four = parse_address(network_of(address))) parsed = four;
  return std::any_of(networks.begin(), networks.end(),
                     [&](const Network& network) { return network.contains(*parsed); });
}

}  // namespace runyard
