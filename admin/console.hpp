#pragma once
// The person or the script in front of a command.
#include <ostream>
#include <string>

namespace runyard::admin {

class Console final {
 public:
  /// Reads from the descriptor `in`, which stays the caller's.
  Console(int in, std::ostream& output, std::ostream& errors) : out(output), err(errors), in_(in) {}

  /// From a terminal: asked for twice, without an echo. Else the first line of the input, without
  /// its end. Throws Failure (kWrongUsage) for one that breaks a rule, and for two that differ.
  std::string password();
  /// Returns when the answer is yes, or `yes` says so already. Throws Failure: kFailed for no,
  /// kWrongUsage where nobody can answer.
  void confirm(const std::string& question, bool yes);

  /// Throws Failure (kFailed), its line with `consequence` behind, when something that was printed
  /// could not be written.
  void flush(const std::string& consequence = "");

  std::ostream& out;
  std::ostream& err;

 private:
  /// `signals`: a descriptor that is readable when a signal waits, -1 for none; the line ends as a
  /// Failure then.
  std::string line(int signals = -1);
  std::string hidden_line(const std::string& prompt);

  const int in_;
};

}  // namespace runyard::admin
