#pragma once
// What ends the client before, or instead of, a program's own end.
#include <stdexcept>
#include <string>

namespace runyard::cli {

/// Exit codes of the client itself; those of programs are in exit_code.hpp.
inline constexpr int kFailed = 125;       ///< as of timeout(1): it is not the program that failed
inline constexpr int kFileMissing = 127;  ///< as a shell's, which does not find what it should run

/// what() is for people: one line, or one for each wrong field. It may hold what a server sent, so
/// it is shown escaped.
class Failure : public std::runtime_error {
 public:
  explicit Failure(const std::string& what, int exit_code = kFailed)
      : std::runtime_error(what), exit_code_(exit_code) {}
  int exit_code() const { return exit_code_; }

 private:
  int exit_code_;
};

/// What was to be written could not be: a full disk, say.
class WriteFailed : public Failure {
 public:
  using Failure::Failure;
};

}  // namespace runyard::cli
