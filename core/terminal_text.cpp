#include "core/terminal_text.hpp"

#include <algorithm>
#include <cstdio>
#include <utility>

#include "core/text.hpp"

namespace runyard {
namespace {

/// The bytes of the character that `text` begins with; `text` is valid UTF-8 and not empty.
std::size_t length_of(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text.front());
  return lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
}

unsigned code_of(std::string_view character) {
  constexpr unsigned kLeadBits[] = {0x7f, 0x1f, 0x0f, 0x07};
  unsigned code = static_cast<unsigned char>(character.front()) & kLeadBits[character.size() - 1];
  for (const char byte : character.substr(1))
    code = code << 6 | (static_cast<unsigned char>(byte) & 0x3f);
  return code;
}

bool is_harmful(unsigned code) {
  return code < 0x20 || (code >= 0x7f && code < 0xa0) || code == 0x2028 || code == 0x2029 ||
         (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x206f);
}

std::string escape(unsigned code) {
  if (code == '\n') return "\\n";
  if (code == '\r') return "\\r";
  if (code == '\t') return "\\t";
  char text[16];
  std::snprintf(text, sizeof text, code < 0x100 ? "\\x%02x" : "\\u%04x", code);
  return text;
}

std::string escaped(std::string_view bytes, std::string_view kept) {
  const auto text = to_utf8(bytes);
  std::string result;
  result.reserve(text.size());
  for (std::string_view rest = text; !rest.empty();) {
    const auto character = rest.substr(0, length_of(rest));
    rest.remove_prefix(character.size());
    const auto code = code_of(character);
    if (is_harmful(code) && kept.find(character.front()) == std::string_view::npos)
      result += escape(code);
    else
      result += character;
  }
  return result;
}

std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char byte) {
    return (static_cast<unsigned char>(byte) & 0xc0) != 0x80;
  }));
}

}  // namespace

std::string printable(std::string_view text) { return escaped(text, ""); }

std::string printable_lines(std::string_view text) { return escaped(text, "\n\t"); }

std::string printable_json(std::string_view json) {
  const auto text = to_utf8(json);
  std::string result;
  result.reserve(text.size());
  for (std::string_view rest = text; !rest.empty();) {
    const auto character = rest.substr(0, length_of(rest));
    rest.remove_prefix(character.size());
    const auto code = code_of(character);
    if (code == '\r') {
      result += ' ';
    } else if (is_harmful(code) && code != '\n' && code != '\t') {
      char escape[8];
      std::snprintf(escape, sizeof escape, "\\u%04x", code & 0xffff);
      result += escape;
    } else {
      result += character;
    }
  }
  return result;
}

std::string PrintableStream::add(std::string_view bytes) {
  auto text = std::exchange(waiting_, {}) + std::string(bytes);
  auto kept = unfinished_character(text);
  if (kept == 0 && !text.empty() && text.back() == '\r') kept = 1;
  waiting_ = text.substr(text.size() - kept);
  text.resize(text.size() - kept);
  return show(text);
}

std::string PrintableStream::finish() { return show(std::exchange(waiting_, {})); }

std::string PrintableStream::show(std::string_view bytes) {
  std::string lines;
  lines.reserve(bytes.size());
  for (std::size_t i = 0; i < bytes.size(); ++i)
    if (bytes.substr(i, 2) != "\r\n") lines += bytes[i];
  auto shown = printable_lines(lines);
  changed_ = changed_ || shown != lines;
  return shown;
}

std::string aligned(const std::vector<std::vector<std::string>>& rows,
                    const std::vector<bool>& right) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width_of(row[i]));
  }
  std::string text;
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      const std::string space(widths[i] - width_of(row[i]), ' ');
      const bool to_the_right = i < right.size() && right[i];
      line += (i > 0 ? "  " : "") + (to_the_right ? space + row[i] : row[i] + space);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + '\n';
  }
  return text;
}

}  // namespace runyard
