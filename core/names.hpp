#pragma once
// Enumerations and the names that stand for them in JSON and SQL: one table each, read both ways.
#include <optional>
#include <string_view>

namespace runyard {

template <typename Enum>
struct NamedValue {
  Enum value;
  std::string_view name;
};

/// The name of `value`; empty when the table lacks it.
template <typename Enum, std::size_t N>
constexpr std::string_view name_of(const NamedValue<Enum> (&table)[N], Enum value) {
  for (const auto& row : table)
    if (row.value == value) return row.name;
  return {};
}

template <typename Enum, std::size_t N>
constexpr std::optional<Enum> value_of(const NamedValue<Enum> (&table)[N], std::string_view name) {
  for (const auto& row : table)
    if (row.name == name) return row.value;
  return std::nullopt;
}

}  // namespace runyard
