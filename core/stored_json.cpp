#include "core/stored_json.hpp"

#include <stdexcept>

#include "core/text.hpp"

namespace runyard::stored {

std::string text(const json::Value& object, std::string_view name) {
  const auto* value = object.find(name);
  const auto* found = value ? value->string() : nullptr;
  return found ? *found : std::string();
}

std::int64_t integer(const json::Value& object, std::string_view name, std::int64_t fallback) {
  const auto* value = object.find(name);
  const auto* found = value ? value->integer() : nullptr;
  return found ? *found : fallback;
}

double real(const json::Value& object, std::string_view name, double fallback) {
  const auto* value = object.find(name);
  return value ? value->number_or(fallback) : fallback;
}

bool boolean(const json::Value& object, std::string_view name) {
  const auto* value = object.find(name);
  const auto* found = value ? value->boolean() : nullptr;
  return found && *found;
}

std::vector<std::string> texts(const json::Value& object, std::string_view name) {
  std::vector<std::string> found;
  for (const auto& item : array(object, name))
    if (const auto* s = item.string()) found.push_back(*s);
  return found;
}

const json::Array& array(const json::Value& object, std::string_view name) {
  static const json::Array kNone;
  const auto* value = object.find(name);
  const auto* found = value ? value->array() : nullptr;
  return found ? *found : kNone;
}

std::string bytes(const json::Value& object, std::string_view name) {
  const auto* value = object.find(name);
  if (value && value->object()) {
    auto decoded = base64_decode(text(*value, "base64"));
    if (!decoded) throw std::runtime_error("stored bytes are not base64");
    return std::move(*decoded);
  }
  return text(object, name);
}

bool has(const json::Value& object, std::string_view name) {
  const auto* value = object.find(name);
  return value && !value->is_null();
}

void put_text(json::Writer& writer, std::string_view name, std::string_view text) {
  writer.member(name, storable_text(text));
}

void put_bytes(json::Writer& writer, std::string_view name, std::string_view bytes) {
  writer.key(name);
  // PostgreSQL keeps the text of a json column, but cannot take a \u0000 out of it again. Escapes
  // take up to six bytes a character, base64 a third more.
  if (is_utf8(bytes) && bytes.find('\0') == std::string_view::npos &&
      json::escaped_size(bytes) <= bytes.size() / 3 * 4 + 1024)
    writer.string(bytes);
  else
    writer.begin_object().member("base64", base64_encode(bytes)).end_object();
}

void put_texts(json::Writer& writer, std::string_view name, const std::vector<std::string>& texts) {
  writer.key(name).begin_array();
  for (const auto& text : texts) writer.string(text);
  writer.end_array();
}

}  // namespace runyard::stored
