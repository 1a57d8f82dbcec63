#include "core/text.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <stdexcept>

namespace runyard {
namespace {

constexpr char kHex[] = "0123456789abcdef";

unsigned char at(std::string_view s, std::size_t i) { return static_cast<unsigned char>(s[i]); }

/// Length of the well-formed character at `i` (Unicode 15, table 3-7), 0 when there is none.
std::size_t character_length(std::string_view s, std::size_t i) {
  const unsigned char c = at(s, i);
  if (c < 0x80) return 1;
  std::size_t length = 0;
  unsigned char low = 0x80;
  unsigned char high = 0xbf;
  if (c >= 0xc2 && c <= 0xdf) {
    length = 2;
  } else if (c >= 0xe0 && c <= 0xef) {
    length = 3;
    if (c == 0xe0) low = 0xa0;
    if (c == 0xed) high = 0x9f;
  } else if (c >= 0xf0 && c <= 0xf4) {
    length = 4;
    if (c == 0xf0) low = 0x90;
    if (c == 0xf4) high = 0x8f;
  } else {
    return 0;
  }
  if (i + length > s.size()) return 0;
  if (at(s, i + 1) < low || at(s, i + 1) > high) return 0;
  for (std::size_t k = 2; k < length; ++k)
    if ((at(s, i + k) & 0xc0) != 0x80) return 0;
  return length;
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

std::string hex(std::string_view bytes, std::string start) {
  start.reserve(start.size() + 2 * bytes.size());
  for (const char c : bytes) {
    start.push_back(kHex[static_cast<unsigned char>(c) >> 4]);
    start.push_back(kHex[static_cast<unsigned char>(c) & 0xf]);
  }
  return start;
}

}  // namespace

bool is_utf8(std::string_view bytes) {
  constexpr std::uint64_t kHighBits = 0x8080808080808080;
  for (std::size_t i = 0; i < bytes.size();) {
    // Most of what is looked at is ASCII.
    for (std::uint64_t eight = 0; i + sizeof eight <= bytes.size(); i += sizeof eight) {
      std::memcpy(&eight, bytes.data() + i, sizeof eight);
      if ((eight & kHighBits) != 0) break;
    }
    if (i == bytes.size()) break;
    const std::size_t length = character_length(bytes, i);
    if (length == 0) return false;
    i += length;
  }
  return true;
}

std::string to_utf8(std::string_view bytes) {
  std::string out;
  out.reserve(bytes.size());
  for (std::size_t i = 0; i < bytes.size();) {
    const std::size_t length = character_length(bytes, i);
    if (length == 0) {
      out += "\xef\xbf\xbd";
      ++i;
    } else {
      out.append(bytes.substr(i, length));
      i += length;
    }
  }
  return out;
}

std::string_view first_characters(std::string_view text, std::size_t max_bytes) {
  if (text.size() <= max_bytes) return text;
  text = text.substr(0, max_bytes);
  text.remove_suffix(unfinished_character(text));
  return text;
}

std::string storable_text(std::string_view bytes, std::size_t max_bytes) {
  constexpr std::string_view kInstead = "\xef\xbf\xbd";
  // More than this is not looked at: whatever it holds, it does not become shorter.
  const auto looked_at = first_characters(bytes, max_bytes);
  std::string out;
  out.reserve(looked_at.size());
  for (std::size_t i = 0; i < looked_at.size();) {
    const std::size_t length = looked_at[i] == '\0' ? 0 : character_length(looked_at, i);
    const auto next = length == 0 ? kInstead : looked_at.substr(i, length);
    if (out.size() + next.size() > max_bytes) break;
    out += next;
    i += std::max<std::size_t>(length, 1);
  }
  return out;
}

std::size_t unfinished_character(std::string_view text) {
  const auto byte = [&](std::size_t from_end) {
    return static_cast<unsigned char>(text[text.size() - from_end]);
  };
  for (std::size_t n = 1; n <= 3 && n <= text.size(); ++n) {
    const auto lead = byte(n);
    if ((lead & 0xc0) == 0x80) continue;  // a later byte of a character
    const std::size_t length = lead >= 0xf0 && lead <= 0xf4   ? 4
                               : lead >= 0xe0 && lead <= 0xef ? 3
                               : lead >= 0xc2 && lead <= 0xdf ? 2
                                                              : 1;
    return length > n ? n : 0;
  }
  return 0;
}

std::string percent_encode(std::string_view bytes) {
  constexpr std::string_view kPlain =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
  constexpr char kUpperHex[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : bytes) {
    if (kPlain.find(c) != std::string_view::npos) {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += '%';
    out += kUpperHex[byte >> 4];
    out += kUpperHex[byte & 0xf];
  }
  return out;
}

std::string base64_encode(std::string_view bytes) {
  std::string out(4 * ((bytes.size() + 2) / 3) + 1, '\0');
  const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                                   reinterpret_cast<const unsigned char*>(bytes.data()),
                                   static_cast<int>(bytes.size()));
  out.resize(static_cast<std::size_t>(size));
  return out;
}

std::optional<std::string> base64_decode(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  if (text.empty()) return std::string();
  std::string out(3 * (text.size() / 4), '\0');
  const int size = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                                   reinterpret_cast<const unsigned char*>(text.data()),
                                   static_cast<int>(text.size()));
  if (size < 0) return std::nullopt;
  const std::size_t padding = text.back() != '=' ? 0 : text[text.size() - 2] != '=' ? 1 : 2;
  out.resize(out.size() - padding);
  // OpenSSL forgives white space and stray bits; what does not come back the same is refused.
  if (base64_encode(out) != text) return std::nullopt;
  return out;
}

std::string bytea_encode(std::string_view bytes) { return hex(bytes, "\\x"); }

std::string bytea_decode(std::string_view text) {
  if (text.substr(0, 2) != "\\x" || text.size() % 2 != 0)
    throw std::invalid_argument("not the hex form of a bytea");
  text.remove_prefix(2);
  std::string out;
  out.reserve(text.size() / 2);
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const int high = hex_digit(text[i]);
    const int low = hex_digit(text[i + 1]);
    if (high < 0 || low < 0) throw std::invalid_argument("not the hex form of a bytea");
    out.push_back(static_cast<char>(high << 4 | low));
  }
  return out;
}

std::string sha256_hex(std::string_view bytes) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  if (EVP_Digest(bytes.data(), bytes.size(), digest.data(), &size, EVP_sha256(), nullptr) != 1)
    throw std::runtime_error("SHA-256 is not available");
  return hex({reinterpret_cast<const char*>(digest.data()), size}, "");
}

std::string_view trim(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  const auto begin = text.find_first_not_of(kSpace);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kSpace) - begin + 1);
}

}  // namespace runyard
