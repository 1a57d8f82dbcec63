#include "cli/printing.hpp"

#include <algorithm>
#include <cstdio>

#include "core/terminal_text.hpp"

namespace runyard::cli {

std::string table(std::vector<std::vector<std::string>> rows) {
  for (auto& row : rows)
    for (auto& cell : row) cell = printable(cell);
  return aligned(rows);
}

void complain(std::string_view text) {
  std::string lines;
  while (!text.empty()) {
    const auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    lines += "runyard-cli: " + printable(line) + '\n';
  }
  // At once, so that lines of several clients do not mix. Nobody can be told that stderr is closed.
  static_cast<void>(std::fwrite(lines.data(), 1, lines.size(), stderr));
}

}  // namespace runyard::cli
