#include "fcgi-app/byte_range.hpp"

#include <algorithm>
#include <charconv>

#include "core/text.hpp"
#include "fcgi-app/http.hpp"

namespace runyard {
namespace {

/// No part is larger, so that a number beyond it is as good as this.
constexpr std::int64_t kMost = std::int64_t{1} << 30;

std::optional<std::int64_t> number(std::string_view text) {
  if (text.empty() || text.find_first_not_of("0123456789") != std::string_view::npos)
    return std::nullopt;
  std::int64_t value = kMost;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() ? std::min(value, kMost) : kMost;
}

}  // namespace

std::optional<ByteRange> parse_byte_range(std::string_view header) {
  constexpr std::string_view kUnit = "bytes=";
  if (!equal_ignoring_case(header.substr(0, kUnit.size()), kUnit)) return std::nullopt;
  const auto text = trim(header.substr(kUnit.size()));
  const auto dash = text.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  const auto begin = text.substr(0, dash);
  const auto end = text.substr(dash + 1);
  if (begin.empty()) {
    const auto count = number(end);
    return count ? std::optional(ByteRange{true, 0, *count}) : std::nullopt;
  }
  const auto first = number(begin);
  const auto last = end.empty() ? std::optional(kMost) : number(end);
  if (!first || !last || *last < *first) return std::nullopt;
  return ByteRange{false, *first, std::min(*last - *first + 1, kMost)};
}

PartRange stored_range(const ByteRange& range) {
  if (!range.last_bytes) return {range.first, range.length};
  // From the end on without a byte: from behind it.
  return range.length > 0 ? PartRange{-range.length, range.length} : PartRange{kMost, 1};
}

bool holds_tag(std::string_view header, std::string_view etag) {
  while (!header.empty()) {
    auto tag = next_list_element(header);
    if (tag.substr(0, 2) == "W/") tag.remove_prefix(2);
    if (tag == etag || tag == "*") return true;
  }
  return false;
}

}  // namespace runyard
