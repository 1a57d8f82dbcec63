#include "core/callback_url.hpp"

#include <arpa/inet.h>

#include <algorithm>

namespace runyard {
namespace {

constexpr std::string_view kDigits = "0123456789";

char small(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::string small(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), [](char c) { return small(c); });
  return out;
}

bool is_letter_or_digit(char c) {
  return (small(c) >= 'a' && small(c) <= 'z') || kDigits.find(c) != std::string_view::npos;
}

/// RFC 3986 section 2: unreserved, reserved, or `%` and two hexadecimal digits.
bool has_only_url_characters(std::string_view text) {
  constexpr std::string_view kOthers = "-._~:/?#[]@!$&'()*+,;=";
  const auto is_hex = [](char c) {
    return kDigits.find(c) != std::string_view::npos || (small(c) >= 'a' && small(c) <= 'f');
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (is_letter_or_digit(text[i]) || kOthers.find(text[i]) != std::string_view::npos) continue;
    if (text[i] != '%' || i + 2 >= text.size() || !is_hex(text[i + 1]) || !is_hex(text[i + 2]))
      return false;
    i += 2;
  }
  return true;
}

bool is_address(int family, const std::string& text) {
  unsigned char bytes[16];
  return ::inet_pton(family, text.c_str(), bytes) == 1;
}

/// A name of letters, digits, hyphens, underscores and dots. Resolvers take `127.1`, `0x7f.0.0.1`
/// and `2130706433` for addresses: what ends in a number must be one of four decimal parts.
bool is_host_name(const std::string& host) {
  if (host.empty() || host.size() > 253) return false;
  std::string_view last;
  for (std::size_t at = 0; at <= host.size();) {
    const auto dot = std::min(host.find('.', at), host.size());
    last = std::string_view(host).substr(at, dot - at);
    if (last.empty() || last.size() > 63 || last.front() == '-' || last.back() == '-') return false;
    for (const char c : last)
      if (!is_letter_or_digit(c) && c != '-' && c != '_') return false;
    at = dot + 1;
  }
  const bool number =
      last.find_first_not_of(kDigits) == std::string_view::npos || last.substr(0, 2) == "0x";
  return !number || is_address(AF_INET, host);
}

}  // namespace

std::variant<CallbackUrl, std::string> parse_callback_url(std::string_view text) {
  if (text.size() > kMaxCallbackUrlBytes)
    return "must be at most " + std::to_string(kMaxCallbackUrlBytes) + " bytes long, and has " +
           std::to_string(text.size());
  if (!has_only_url_characters(text))
    return std::string(
        "must hold only characters of a URL; write others as % and two hexadecimal digits");
  CallbackUrl url;
  const auto colon = text.find("://");
  if (colon != std::string_view::npos) url.scheme = small(text.substr(0, colon));
  if (url.scheme != "http" && url.scheme != "https")
    return std::string("must be an absolute URL that begins with http:// or https://");
  if (text.find('#') != std::string_view::npos)
    return std::string("must have no fragment: nothing of it would be sent");

  const auto rest = text.substr(colon + 3);
  const auto authority = rest.substr(0, std::min(rest.find_first_of("/?"), rest.size()));
  if (authority.find('@') != std::string_view::npos)
    return std::string("must hold no user and no password");
  auto host_end = authority.size();
  if (!authority.empty() && authority.front() == '[') {
    const auto bracket = authority.find(']');
    host_end = bracket == std::string_view::npos ? 0 : bracket + 1;
  } else {
    host_end = std::min(authority.find(':'), authority.size());
  }
  const auto host = authority.substr(0, host_end);
  if (host.empty()) return std::string("must name a host");
  const bool bracketed = host.front() == '[';
  url.host = small(bracketed ? host.substr(1, host.size() - 2) : host);
  if (bracketed ? !is_address(AF_INET6, url.host) : !is_host_name(url.host))
    return std::string("must have a host name or an address as its host");

  url.port = url.scheme == "https" ? 443 : 80;
  auto port = authority.substr(host_end);
  if (!port.empty()) {
    port.remove_prefix(1);
    const bool digits = authority[host_end] == ':' && !port.empty() && port.size() <= 5 &&
                        port.find_first_not_of(kDigits) == std::string_view::npos;
    url.port = digits ? std::stoi(std::string(port)) : 0;
    if (url.port < 1 || url.port > 65535)
      return std::string("must have a port from 1 to 65535, or none");
  }
  const auto path = rest.substr(authority.size());
  if (path.find_first_of("[]") != std::string_view::npos)
    return std::string("must write [ and ] of its path as %5B and %5D");
  url.text = url.scheme + "://" + small(authority) + std::string(path.empty() ? "/" : path);
  if (!path.empty() && path.front() == '?') url.text.insert(url.text.find('?'), "/");
  return url;
}

}  // namespace runyard
