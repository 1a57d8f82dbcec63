#include "fcgi-app/cursor.hpp"

#include <algorithm>

#include "core/ids.hpp"
#include "core/text.hpp"

namespace runyard {

std::string canonical_id(std::string id) {
  std::transform(id.begin(), id.end(), id.begin(), [](char c) {
    return c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return id;
}

std::string cursor_of(const std::string& id) { return base64_encode("1:" + id); }

std::optional<std::string> id_of_cursor(const std::string& cursor) {
  const auto text = base64_decode(cursor);
  if (!text || text->substr(0, 2) != "1:" || !is_uuid(text->substr(2))) return std::nullopt;
  return text->substr(2);
}

}  // namespace runyard
