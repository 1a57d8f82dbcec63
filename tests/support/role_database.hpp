#pragma once
// A database with the rights that every set-up gives and takes.
#include <fstream>
#include <iterator>
#include <string>

#include "tests/support/paths.hpp"
#include "tests/support/temp_database.hpp"

namespace runyard::test {

struct RoleDatabase {
  TempDatabase temp;

  RoleDatabase() { temp.sql(file("sql/roles.sql")); }

  /// A connection string of one of the cluster's roles.
  std::string as(const std::string& role) const { return temp.options() + " user=" + role; }

  /// The text of a file of the checkout.
  static std::string file(const std::string& path) {
    std::ifstream in(source_path(path), std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  }
};

}  // namespace runyard::test
