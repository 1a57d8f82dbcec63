#include "core/network.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <iterator>

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

}  // namespace runyard
