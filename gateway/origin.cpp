#include "gateway/origin.hpp"

#include <algorithm>
#include <optional>

#include "gateway/text.hpp"

namespace runyard::gateway {
namespace {

/// "host" of host[:port], "[::1]" of [::1]:port. nullopt for anything that is not one host.
std::optional<std::string> host_name(std::string_view authority) {
  std::size_t end = authority.find(':');
  if (!authority.empty() && authority.front() == '[') {
    end = authority.find(']');
    if (end == std::string_view::npos) return std::nullopt;
    ++end;
  }
  end = std::min(end, authority.size());
  const auto port = authority.substr(end);
  const bool port_fits =
      port.empty() || (port.front() == ':' && port.size() <= 6 &&
                       port.find_first_not_of("0123456789", 1) == std::string_view::npos);
  const auto name = authority.substr(0, end);
  if (name.empty() || !port_fits || name.find_first_of("/@?#\\ ,") != std::string_view::npos)
    return std::nullopt;
  return lower(name);
}

std::optional<std::string> origin_host(std::string_view origin) {
  const auto colon = origin.find("://");
  if (colon == std::string_view::npos || colon == 0) return std::nullopt;
  return host_name(origin.substr(colon + 3));
}

}  // namespace

bool origin_allowed(const std::string* origin, const std::string* host,
                    const std::vector<std::string>& allowed) {
  if (!origin) return true;
  for (const auto& entry : allowed)
    if (entry == "*" || lower(entry) == lower(*origin)) return true;
  const auto from = origin_host(*origin);
  const auto own = host ? host_name(*host) : std::nullopt;
  return from && own && *from == *own;
}

}  // namespace runyard::gateway
