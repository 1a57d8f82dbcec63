#pragma once
// What is told of tests.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/json.hpp"

namespace runyard::cli {

/// One line: verdict, time, memory, name. `test` is an event's or the execution's.
std::string test_line(const json::Value& test);

/// Where `got` leaves `expected`: the lines from the first to the last that differ, "-" before
/// expected ones and "+" before those that came, at most 20 of each. "" when they are the same.
std::string difference(std::string_view expected, std::string_view got);

/// Of each failed test of an execution (outputs in base64) its message and the difference, then
/// "1 of 2 tests passed". `expected` may be empty: the tests are the problem's.
std::string failures_text(const json::Value& execution,
                          const std::vector<std::optional<std::string>>& expected);

}  // namespace runyard::cli
