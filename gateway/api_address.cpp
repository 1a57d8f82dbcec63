#include "gateway/api_address.hpp"

#include <charconv>
#include <cstdint>

namespace runyard::gateway {

namespace {

bool is_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto* const end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, port);
  return error == std::errc() && stopped == end && port != 0;
}

}  // namespace

std::optional<ApiAddress> parse_api_address(std::string_view text) {
  ApiAddress address;
  if (text.substr(0, 1) == "/") {
    address.path = text;
    return address;
  }
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos || !is_port(text.substr(colon + 1))) return std::nullopt;
  auto host = text.substr(0, colon);
  const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (bracketed) host = host.substr(1, host.size() - 2);
  // An IPv6 address without brackets would leave open where its port begins.
  if (host.empty() || (!bracketed && host.find_first_of(":[]/ ") != std::string_view::npos))
    return std::nullopt;
  address.host = host;
  address.port = text.substr(colon + 1);
  return address;
}

}  // namespace runyard::gateway
