#pragma once
// Reading and writing of JSON that we keep in the database ourselves. What is missing gets its
// default; bytes that are not UTF-8 text, or would need many escapes,
// stand as {"base64": "..."}: a text of so many bytes never takes more than a third more.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/json.hpp"

namespace runyard::stored {

std::string text(const json::Value& object, std::string_view name);
std::int64_t integer(const json::Value& object, std::string_view name, std::int64_t fallback = 0);
double real(const json::Value& object, std::string_view name, double fallback = 0);
bool boolean(const json::Value& object, std::string_view name);
std::vector<std::string> texts(const json::Value& object, std::string_view name);
/// The elements of an array member; empty when there is none.
const json::Array& array(const json::Value& object, std::string_view name);
/// Throws std::runtime_error for base64 that we did not write.
std::string bytes(const json::Value& object, std::string_view name);
bool has(const json::Value& object, std::string_view name);

/// A text for people, whatever made it: as storable_text() of core/text.hpp, since PostgreSQL keeps
/// no NUL in any text.
void put_text(json::Writer& writer, std::string_view name, std::string_view text);
/// Writes a member; the bytes come back through bytes(). They stand as base64 where that is shorter
/// than the escapes that they would need, so a member takes at most a third more than its bytes.
void put_bytes(json::Writer& writer, std::string_view name, std::string_view bytes);
void put_texts(json::Writer& writer, std::string_view name, const std::vector<std::string>& texts);

}  // namespace runyard::stored
