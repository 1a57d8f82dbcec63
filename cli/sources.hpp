#pragma once
// The program's files and its input.
#include <string>
#include <vector>

#include "cli/submission_body.hpp"

namespace runyard::cli {

/// Reads the files; "-" is standard input and stands alone. Names are relative to the folder of
/// the first file, below which all must lie; a file without a suffix has the name that its language
/// gives it. Throws Failure.
std::vector<SourceFile> read_sources(const std::vector<std::string>& paths);

/// The program's input: what `option` names ("-": standard input), else all of standard input
/// unless that is a terminal or `taken` by the program itself. Throws Failure for what is not
/// UTF-8.
std::string read_input(const std::string& option, bool taken);

}  // namespace runyard::cli
