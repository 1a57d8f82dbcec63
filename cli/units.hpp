#pragma once
// Amounts with units, as people type them.
#include <cstdint>
#include <optional>
#include <string_view>

namespace runyard::cli {

/// Milliseconds of "500ms", "2s", "1.5s", "1m"; seconds without a unit. nullopt for anything else,
/// for less than 1 ms and for more than a day.
std::optional<std::int64_t> milliseconds_of(std::string_view text);

/// KiB of "64M", "1G", "65536K", of 1024 each, also with "iB" or "B" behind ("64MiB"). nullopt for
/// anything else, also for a number without a unit, which might mean anything, and for more than a
/// tebibyte.
std::optional<std::int64_t> kibibytes_of(std::string_view text);

}  // namespace runyard::cli
