#pragma once
// How texts that others wrote look on a terminal.
#include <string>
#include <string_view>
#include <vector>

namespace runyard::cli {

/// The text as one line that does nothing to a terminal: control characters (C0, DEL, C1, line
/// ends) and those that turn the direction of writing as \n, \x1b, \u202e; bytes that are not UTF-8
/// as U+FFFD.
std::string shown(std::string_view text);

/// The same with line ends and tabs left as they are.
std::string shown_lines(std::string_view text);

/// Rows as aligned columns, two spaces apart, a line each, without spaces at the ends of lines.
/// Cells are shown(); characters count as one column.
std::string table(const std::vector<std::vector<std::string>>& rows);

/// Writes "runyard-cli: LINE" to stderr for each line of `text`, escaped.
void complain(std::string_view text);

}  // namespace runyard::cli
