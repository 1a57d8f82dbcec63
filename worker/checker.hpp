#pragma once
// Comparing a test's output with the expected one. Pure; checkers that are programs are run
// elsewhere.
#include <string_view>

#include "core/submission.hpp"

namespace runyard {

/// True when `output` is as `expected` by the checker's rule:
///   exact            every byte
///   trim             line by line, spaces at each line's end and empty lines at the end ignored
///   tokens           the words between white space
///   float            the words; where both are numbers, |a - b| <= tolerance * max(1, |b|)
///   unordered_lines  as trim, in any order
/// CR before LF counts as white space at a line's end. Must not be asked for kProgram.
bool output_matches(const Checker& checker, std::string_view output, std::string_view expected);

}  // namespace runyard
