#pragma once
// The URL that a submission's end is sent to. Pure.
#include <cstddef>
#include <string>
#include <string_view>
#include <variant>

namespace runyard {

constexpr std::size_t kMaxCallbackUrlBytes = 2000;

struct CallbackUrl {
  std::string text;    ///< as it is to be used: scheme and host in small letters
  std::string scheme;  ///< http or https
  std::string host;    ///< a name, or an address without brackets
  int port = 0;        ///< the scheme's own where none is written
};

/// The parts of an absolute http or https URL (RFC 3986), or the rule that it breaks, as in "must
/// ...". Stricter than a browser: only characters that need no escape, no user or password, no
/// fragment, no host that ends in a number without being an address of four parts. Nothing is
/// resolved: whether the host may be called is decided when it is.
std::variant<CallbackUrl, std::string> parse_callback_url(std::string_view text);

}  // namespace runyard
