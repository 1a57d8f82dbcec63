#include "core/web_origin.hpp"

#include <algorithm>

#include "core/network.hpp"

namespace runyard {
namespace {

constexpr std::size_t kMaxHost = 253;  // of a name, RFC 1035 section 2.3.4

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return c >= 'a' && c <= 'z'; }

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

bool is_port(std::string_view text) {
  return !text.empty() && text.size() <= 5 && std::all_of(text.begin(), text.end(), is_digit);
}

/// In lower case; what is no name is "".
std::string host_name(std::string name) {
  if (!name.empty() && name.back() == '.') name.pop_back();
  const bool fits = !name.empty() && name.size() <= kMaxHost && name.front() != '.' &&
                    name.back() != '.' && name.find("..") == std::string::npos &&
                    std::all_of(name.begin(), name.end(), [](char c) {
                      return is_letter(c) || is_digit(c) || c == '-' || c == '_' || c == '.';
                    });
  return fits ? name : std::string();
}

}  // namespace

std::optional<Authority> parse_authority(std::string_view text) {
  Authority authority;
  auto end = std::min(text.find(':'), text.size());
  if (!text.empty() && text.front() == '[') {
    end = text.find(']');
    if (end == std::string_view::npos) return std::nullopt;
    const auto address = parse_address(std::string(text.substr(1, end - 1)));
    if (!address || !address->v6) return std::nullopt;
    authority.host = '[' + to_string(*address) + ']';
    ++end;
  } else {
    authority.host = host_name(lower(text.substr(0, end)));
  }
  if (authority.host.empty()) return std::nullopt;
  const auto rest = text.substr(end);
  if (rest.empty()) return authority;
  if (rest.front() != ':') return std::nullopt;
  authority.port = rest.substr(1);
  if (!authority.port.empty() && !is_port(authority.port)) return std::nullopt;
  return authority;
}

bool is_address_host(const std::string& host) {
  if (!host.empty() && host.front() == '[') return true;
  const auto address = parse_address(host);
  return address && !address->v6;
}

std::string_view default_port(std::string_view scheme) {
  if (scheme == "http" || scheme == "ws") return "80";
  if (scheme == "https" || scheme == "wss") return "443";
  return "";
}

std::optional<WebOrigin> parse_origin(std::string_view text) {
  const auto colon = text.find("://");
  if (colon == std::string_view::npos || colon == 0) return std::nullopt;
  WebOrigin origin;
  origin.scheme = lower(text.substr(0, colon));
  if (!is_letter(origin.scheme.front()) ||
      !std::all_of(origin.scheme.begin(), origin.scheme.end(), [](char c) {
        return is_letter(c) || is_digit(c) || c == '+' || c == '-' || c == '.';
      }))
    return std::nullopt;
  auto authority = parse_authority(text.substr(colon + 3));
  if (!authority) return std::nullopt;
  origin.host = std::move(authority->host);
  origin.port = authority->port.empty() ? std::string(default_port(origin.scheme))
                                        : std::move(authority->port);
  return origin;
}

}  // namespace runyard
