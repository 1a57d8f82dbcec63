#pragma once
// Names of headers and hosts compare without case.
#include <string>
#include <string_view>

namespace runyard::gateway {

/// ASCII letters only.
inline std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

}  // namespace runyard::gateway
