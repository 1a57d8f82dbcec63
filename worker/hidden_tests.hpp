#pragma once
// Tests of a problem that are hidden from whoever submits.
#include <vector>

#include "core/execution.hpp"

namespace runyard {

/// Takes everything out of `result` that a hidden test of `tests` (one for each of result.tests)
/// could have put there: a program may print the input that it must not show. What is left of such
/// a test is its verdict, its times and its memory; and where it decided the whole, nothing of its
/// output, exit code and message. Pure.
void hide_tests(const std::vector<TestCase>& tests, Result& result);

}  // namespace runyard
