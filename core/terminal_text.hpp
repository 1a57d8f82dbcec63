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

/// JSON with the same characters as \u escapes: it means the same. Line feeds and tabs between its
/// values are left, carriage returns become spaces. `json` is valid.
std::string printable_json(std::string_view json);

/// printable_lines() of an output that comes in pieces, of which a character may have a part in
/// each. A carriage return before a line feed, as programs of other systems write it, is left out,
/// any other one is shown: behind it a program could write over what it wrote before.
class PrintableStream final {
 public:
  /// What can be shown now; of `bytes` the beginning of a character, or a carriage return, waits.
  std::string add(std::string_view bytes);
  /// What waits still; nothing comes behind it.
  std::string finish();
  /// Something was shown otherwise than it was written.
  bool changed() const { return changed_; }

 private:
  std::string show(std::string_view bytes);

  std::string waiting_;
  bool changed_ = false;
};

/// Rows as aligned columns, two spaces apart, a line each, without spaces at the ends of lines.
/// Columns that are true in `right` are aligned to the right. Characters count as one column; the
/// cells are printable() already.
std::string aligned(const std::vector<std::vector<std::string>>& rows,
                    const std::vector<bool>& right = {});

}  // namespace runyard
