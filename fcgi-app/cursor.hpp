#pragma once
// Ids as lists and paths have them.
#include <optional>
#include <string>

namespace runyard {

/// Ids are shown in lower case and taken in either.
std::string canonical_id(std::string id);

/// Where a list goes on: the last id of a page in an alphabet of its own, opaque, so that its
/// meaning may change.
std::string cursor_of(const std::string& id);
/// nullopt for what cursor_of cannot have made.
std::optional<std::string> id_of_cursor(const std::string& cursor);

}  // namespace runyard
