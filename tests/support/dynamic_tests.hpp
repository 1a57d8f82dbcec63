#pragma once
// Test cases that are found when the program starts instead of when it is compiled: one for each
// file of a folder.
#include <functional>
#include <string>

namespace runyard::test {

/// Registers a Catch2 test case. Called while static objects are made, so before Catch2 lists its
/// tests; `name` must be unique and without commas and brackets, which Catch2 and CTest read as
/// patterns.
void register_test(const std::string& name, const std::string& tags, std::function<void()> body);

}  // namespace runyard::test
