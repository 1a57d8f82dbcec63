#pragma once
// Tests that the user brings: a JSON file or a folder.
#include <optional>
#include <string>
#include <vector>

#include "core/json.hpp"

namespace runyard::cli {

struct TestCases {
  std::string json;  ///< the API's `tests`
  /// What each should write, for the comparison of failed ones; nullopt: its exit code decides.
  std::vector<std::optional<std::string>> expected;
};

/// A file: an array as in the API's `tests`, which it is sent as. A folder: a test for each NAME.in
/// in the order of people (2 before 10), NAME.out beside it is the expected output. Throws Failure.
TestCases read_tests(const std::string& path);

/// "test2" before "test10": runs of digits count as numbers.
bool in_natural_order(const std::string& a, const std::string& b);

}  // namespace runyard::cli
