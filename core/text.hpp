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

/// The begin of `text`, at most `max_bytes` long, that ends with a whole character of UTF-8.
std::string_view first_characters(std::string_view text, std::size_t max_bytes);

/// The longest text for people that is kept of anything: the message of a result or of a test, a
/// file's name, why a file did not come. In bytes.
constexpr std::size_t kMaxStoredText = 8192;

/// The same text as every store and every reader of ours takes it: UTF-8, each NUL and each byte
/// that is no part of a character as U+FFFD, at most `max_bytes` long and cut between characters.
std::string storable_text(std::string_view bytes, std::size_t max_bytes = kMaxStoredText);

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
