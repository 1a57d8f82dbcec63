#pragma once
// Members of what the API answers. A server may be another version, or no Runyard at all: what is
// absent or of another kind reads as nothing.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/json.hpp"

namespace runyard::cli {

/// "" when the member is absent or no text.
inline std::string text_at(const json::Value& object, std::string_view name) {
  const auto* value = object.find(name);
  const auto* text = value ? value->string() : nullptr;
  return text ? *text : std::string();
}

inline std::optional<std::int64_t> integer_at(const json::Value& object, std::string_view name) {
  const auto* value = object.find(name);
  const auto* number = value ? value->integer() : nullptr;
  return number ? std::optional(*number) : std::nullopt;
}

inline bool is_true(const json::Value& object, std::string_view name) {
  const auto* value = object.find(name);
  return value && value->boolean() && *value->boolean();
}

/// Empty when the member is absent or no array.
inline const json::Array& array_at(const json::Value& object, std::string_view name) {
  static const json::Array none;
  const auto* value = object.find(name);
  return value && value->array() ? *value->array() : none;
}

/// What it gives would be gone with the object.
const json::Array& array_at(json::Value&& object, std::string_view name) = delete;

/// The texts of an array.
inline std::vector<std::string> texts_at(const json::Value& object, std::string_view name) {
  std::vector<std::string> texts;
  for (const auto& item : array_at(object, name))
    if (item.string()) texts.push_back(*item.string());
  return texts;
}

}  // namespace runyard::cli
