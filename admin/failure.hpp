#pragma once
// How a command ends that does not do what it was asked for.
#include <stdexcept>
#include <string>

namespace runyard::admin {

enum ExitCode : int {
  kDone = 0,
  kFailed = 1,       ///< the database is away, or something else went wrong
  kWrongUsage = 2,   ///< arguments or settings
  kNoSuchThing = 3,  ///< what was named is not there, or not in a state for this
};

/// One line for people.
class Failure : public std::runtime_error {
 public:
  Failure(ExitCode code, const std::string& message) : std::runtime_error(message), code_(code) {}
  ExitCode code() const { return code_; }

 private:
  ExitCode code_;
};

}  // namespace runyard::admin
