#pragma once
// Questions to whoever sits at the terminal.
#include <string>

namespace runyard::cli {

/// The next line of standard input without its end. The question goes to stderr, and only when
/// standard input is a terminal. Throws Failure at the end of input or beyond 64 KiB.
std::string ask_line(const std::string& question);

/// The same without showing what is typed. A signal gives the terminal its echo back and then ends
/// the process.
std::string ask_secret(const std::string& question);

}  // namespace runyard::cli
