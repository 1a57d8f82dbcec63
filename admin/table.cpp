#include "admin/table.hpp"

#include <cassert>
#include <cctype>
#include <cstdio>

#include "core/json.hpp"
#include "core/terminal_text.hpp"
#include "core/text.hpp"

namespace runyard::admin {
namespace {

std::string with_unit(std::int64_t bytes) {
  constexpr const char* kUnits[] = {"B", "kB", "MB", "GB", "TB"};
  auto size = static_cast<double>(bytes);
  std::size_t unit = 0;
  for (; size >= 1024 && unit + 1 < std::size(kUnits); ++unit) size /= 1024;
  char text[32];
  std::snprintf(text, sizeof text, unit == 0 ? "%.0f %s" : "%.1f %s", size, kUnits[unit]);
  return text;
}

std::string shown(const Cell& cell) {
  if (const auto* truth = std::get_if<bool>(&cell)) return *truth ? "yes" : "no";
  if (const auto* number = std::get_if<std::int64_t>(&cell)) return std::to_string(*number);
  if (const auto* bytes = std::get_if<Bytes>(&cell)) return with_unit(bytes->count);
  if (const auto* text = std::get_if<std::string>(&cell))
    return text->empty() ? "-" : printable(*text);
  return "-";
}

bool is_number(const Cell& cell) {
  return std::holds_alternative<std::int64_t>(cell) || std::holds_alternative<Bytes>(cell);
}

}  // namespace

void Table::add(std::vector<Cell> row) {
  assert(row.size() == columns_.size());
  rows_.push_back(std::move(row));
}

std::string Table::text() const {
  std::vector<std::vector<std::string>> lines(1);
  std::vector<bool> right(columns_.size(), !rows_.empty());
  for (const auto& column : columns_) {
    std::string heading = column;
    for (char& c : heading)
      c = c == '_' ? ' ' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    lines.front().push_back(std::move(heading));
  }
  for (const auto& row : rows_) {
    auto& line = lines.emplace_back();
    for (std::size_t i = 0; i < row.size(); ++i) {
      line.push_back(shown(row[i]));
      if (!is_number(row[i]) && !std::holds_alternative<std::monostate>(row[i])) right[i] = false;
    }
  }
  return aligned(lines, right);
}

std::string Table::json() const {
  json::Writer writer;
  writer.begin_array();
  for (const auto& row : rows_) {
    writer.begin_object();
    for (std::size_t i = 0; i < row.size(); ++i) {
      writer.key(columns_[i]);
      if (const auto* truth = std::get_if<bool>(&row[i]))
        writer.boolean(*truth);
      else if (const auto* number = std::get_if<std::int64_t>(&row[i]))
        writer.integer(*number);
      else if (const auto* bytes = std::get_if<Bytes>(&row[i]))
        writer.integer(bytes->count);
      else if (const auto* text = std::get_if<std::string>(&row[i]))
        writer.string(to_utf8(*text));
      else
        writer.null();
    }
    writer.end_object();
  }
  // Also programs' output is looked at on a terminal.
  return printable_json(writer.end_array().text());
}

}  // namespace runyard::admin
