#pragma once
// What the client's commands write.
#include <string>
#include <string_view>
#include <vector>

namespace runyard::cli {

/// aligned() columns of printable() cells.
std::string table(std::vector<std::vector<std::string>> rows);

/// Writes "runyard-cli: LINE" to stderr for each line of `text`, escaped.
void complain(std::string_view text);

}  // namespace runyard::cli
