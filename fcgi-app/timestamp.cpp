#include "fcgi-app/timestamp.hpp"

#include <array>
#include <cstdint>
#include <cstdio>

namespace runyard {
namespace {

/// Reads a fixed pattern from left to right; `good` turns false at the first character that does
/// not fit.
struct Reader {
  std::string_view rest;
  bool good = true;

  char next() {
    if (rest.empty()) {
      good = false;
      return '\0';
    }
    const char c = rest.front();
    rest.remove_prefix(1);
    return c;
  }
  int digits(int count, int minimum, int maximum) {
    int value = 0;
    for (int i = 0; i < count; ++i) {
      const char c = next();
      if (c < '0' || c > '9') good = false;
      value = value * 10 + (c - '0');
    }
    if (value < minimum || value > maximum) good = false;
    return value;
  }
  void expect(char lower, char upper) {
    const char c = next();
    if (c != lower && c != upper) good = false;
  }
};

int days_of(int year, int month) {
  constexpr std::array<int, 12> kDays{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return kDays.at(static_cast<std::size_t>(month - 1)) + (month == 2 && leap ? 1 : 0);
}

/// Days since 1970-01-01 (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms").
std::int64_t days_from_civil(std::int64_t y, int m, int d) {
  if (m <= 2) --y;
  const std::int64_t era = y / 400;
  const std::int64_t yoe = y - era * 400;
  const std::int64_t doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
  return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}

std::string format(std::int64_t seconds, int milliseconds) {
  std::int64_t days = seconds / 86400;
  const auto clock = static_cast<int>(seconds % 86400);
  int year = 1970;
  for (;; ++year) {
    const int length = days_of(year, 2) == 29 ? 366 : 365;
    if (days < length) break;
    days -= length;
  }
  int month = 1;
  for (; days >= days_of(year, month); ++month) days -= days_of(year, month);
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", year, month,
                static_cast<int>(days) + 1, clock / 3600, clock / 60 % 60, clock % 60,
                milliseconds);
  return text.data();
}

}  // namespace

std::optional<std::string> normalize_timestamp(std::string_view text) {
  Reader in{text};
  const int year = in.digits(4, 1970, 9999);
  in.expect('-', '-');
  const int month = in.digits(2, 1, 12);
  in.expect('-', '-');
  const int day = in.digits(2, 1, 31);
  in.expect('t', 'T');
  const int hour = in.digits(2, 0, 23);
  in.expect(':', ':');
  const int minute = in.digits(2, 0, 59);
  in.expect(':', ':');
  const int second = in.digits(2, 0, 60);  // 60: a leap second, the first of the next minute
  if (!in.good || day > days_of(year, month)) return std::nullopt;

  int milliseconds = 0;
  if (!in.rest.empty() && in.rest.front() == '.') {
    in.next();
    int weight = 100;
    do {
      milliseconds += in.digits(1, 0, 9) * weight;
      weight /= 10;
    } while (in.good && !in.rest.empty() && in.rest.front() >= '0' && in.rest.front() <= '9');
  }
  int offset = 0;
  const char zone = in.next();
  if (zone == '+' || zone == '-') {
    offset = in.digits(2, 0, 23) * 60;
    in.expect(':', ':');
    offset += in.digits(2, 0, 59);
    if (zone == '-') offset = -offset;
  } else if (zone != 'Z' && zone != 'z') {
    return std::nullopt;
  }
  if (!in.good || !in.rest.empty()) return std::nullopt;

  const std::int64_t seconds = days_from_civil(year, month, day) * 86400 +
                               (hour * 60 + minute - offset) * std::int64_t{60} + second;
  constexpr std::int64_t kEndOf9999 = 253402300800;
  if (seconds < 0 || seconds >= kEndOf9999) return std::nullopt;
  return format(seconds, milliseconds);
}

}  // namespace runyard
