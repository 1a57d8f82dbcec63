#pragma once
// Encodings of bytes and text.
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace runyard {

/// True when every byte belongs to well-formed UTF-8 (RFC 3629: no surrogates, no over-long forms).
bool is_utf8(std::string_view bytes);

/// The same text when it is valid UTF-8; else with each byte that is not part of it as U+FFFD.
std::string to_utf8(std::string_view bytes);

/// How many bytes at the end of `text` are the begin of a UTF-8 character that is not whole: 0
/// to 3.
std::size_t unfinished_character(std::string_view text);

/// Base64 with padding, one line (RFC 4648 section 4).
std::string base64_encode(std::string_view bytes);
/// nullopt for anything that base64_encode cannot have made (white space, missing padding, ...).
std::optional<std::string> base64_decode(std::string_view text);

/// For a segment of a URL's path: all but letters, digits and -._~ as %XX.
std::string percent_encode(std::string_view bytes);

/// PostgreSQL's text form of a bytea: `\x` and two hexadecimal digits a byte.
std::string bytea_encode(std::string_view bytes);
/// Throws std::invalid_argument for any other form.
std::string bytea_decode(std::string_view text);

/// SHA-256 as 64 lower-case hexadecimal digits.
std::string sha256_hex(std::string_view bytes);

/// Without the spaces, tabs and line ends at both ends.
std::string_view trim(std::string_view text);

}  // namespace runyard
