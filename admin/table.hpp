#pragma once
// What a command lists: aligned columns for people, an array of objects for programs.
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace runyard::admin {

/// A size: for people with a unit, for programs in bytes.
struct Bytes {
  std::int64_t count = 0;
};

/// std::monostate: there is none ("-", null).
using Cell = std::variant<std::monostate, bool, std::int64_t, Bytes, std::string>;

class Table final {
 public:
  /// The columns' names: members of the objects, and in capitals what stands above.
  explicit Table(std::vector<std::string> columns) : columns_(std::move(columns)) {}

  /// One cell a column. Texts need not be clean: people see no control characters.
  void add(std::vector<Cell> row);

  /// Lines with their ends, the names first. Columns of numbers are aligned to the right.
  std::string text() const;
  std::string json() const;

 private:
  std::vector<std::string> columns_;
  std::vector<std::vector<Cell>> rows_;
};

}  // namespace runyard::admin
