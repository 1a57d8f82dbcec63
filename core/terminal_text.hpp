#pragma once
// How texts that others wrote look on a terminal.
#include <string>
#include <string_view>
#include <vector>

namespace runyard {

/// The text as one line that does nothing to a terminal: control characters (C0, DEL, C1, line
/// ends) and those that turn the direction of writing as \n, \x1b, \u202e; bytes that are not UTF-8
/// as U+FFFD.
std::string printable(std::string_view text);

/// The same with line ends and tabs left as they are.
std::string printable_lines(std::string_view text);

/// Rows as aligned columns, two spaces apart, a line each, without spaces at the ends of lines.
/// Columns that are true in `right` are aligned to the right. Characters count as one column; the
/// cells are printable() already.
std::string aligned(const std::vector<std::vector<std::string>>& rows,
                    const std::vector<bool>& right = {});

}  // namespace runyard
