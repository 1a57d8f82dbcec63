#pragma once
// A single range of bytes (RFC 9110 section 14).
#include <cstdint>
#include <optional>
#include <string_view>

#include "core/execution_store.hpp"

namespace runyard {

struct ByteRange {
  bool last_bytes = false;  ///< the last `length` bytes
  std::int64_t first = 0;
  std::int64_t length = 0;  ///< as many of them as there are
};

/// "bytes=0-99", "bytes=100-" or "bytes=-100". nullopt for several ranges, for another unit and for
/// what is none: everything is then given, as the RFC has it.
std::optional<ByteRange> parse_byte_range(std::string_view header);

/// The same for the store.
PartRange stored_range(const ByteRange& range);

/// RFC 9110 section 13.1.2: the list holds the tag, weak or not, or is `*`.
bool holds_tag(std::string_view header, std::string_view etag);

}  // namespace runyard
