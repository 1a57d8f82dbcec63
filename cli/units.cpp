#include "cli/units.hpp"

#include <charconv>
#include <cmath>

namespace runyard::cli {
namespace {

struct Unit {
  std::string_view name;
  double factor;
};

template <std::size_t N>
std::optional<std::int64_t> amount(std::string_view text, const Unit (&units)[N], double maximum) {
  double number = 0;
  const auto* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number, std::chars_format::fixed);
  if (error != std::errc() || !std::isfinite(number)) return std::nullopt;
  const std::string_view name(rest, static_cast<std::size_t>(end - rest));
  for (const auto& unit : units) {
    if (unit.name != name) continue;
    const auto result = std::round(number * unit.factor);
    if (result < 1 || result > maximum) return std::nullopt;
    return static_cast<std::int64_t>(result);
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::int64_t> milliseconds_of(std::string_view text) {
  constexpr Unit kUnits[] = {{"ms", 1}, {"s", 1000}, {"", 1000}, {"m", 60'000}};
  return amount(text, kUnits, 24 * 3600 * 1000.0);
}

std::optional<std::int64_t> kibibytes_of(std::string_view text) {
  constexpr double kMib = 1024;
  constexpr double kGib = kMib * 1024;
  constexpr Unit kUnits[] = {{"K", 1},     {"M", kMib}, {"G", kGib},   {"KB", 1},    {"MB", kMib},
                             {"GB", kGib}, {"KiB", 1},  {"MiB", kMib}, {"GiB", kGib}};
  return amount(text, kUnits, kGib * 1024);
}

}  // namespace runyard::cli
