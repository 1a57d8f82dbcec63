#pragma once
// Times as clients write them.
#include <optional>
#include <string>
#include <string_view>

namespace runyard {

/// The same time as `YYYY-MM-DDThh:mm:ss.mmmZ`, or nullopt when `text` is not an RFC 3339 date-time
/// (section 5.6, lower-case letters included) that exists, from 1970 to 9999. More than three
/// digits of a fraction are cut off.
std::optional<std::string> normalize_timestamp(std::string_view text);

}  // namespace runyard
