#pragma once
// A hostile program, what must come of it, and how everybody else fares afterwards.
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/ended.hpp"

namespace runyard::test {

/// Runs a program of tests/attacks/programs as kOwner. The verdict must be one of the expected
/// ones, which never are our own failures; then a canary of the same owner, in a sandbox of the
/// same kind, and one of another owner must find nothing of it.
///   Attack("exhaustion/fork_bomb.py").limit("wall_ms", 1500).ends_as({"PROCESS_LIMIT"}).run();
class Attack final {
 public:
  /// The language is the file name's: .py, .c, .cpp, .sh, .java. Limits: 1.5 s of wall time unless
  /// set.
  explicit Attack(std::string program);

  Attack& limit(const std::string& name, std::int64_t value);
  /// More members of the submission: `"args": ["a"]`.
  Attack& with(const std::string& members);
  /// Expected verdicts; default: COMPLETED.
  Attack& ends_as(std::vector<std::string> verdicts);
  /// Expected stdout, whole. A program that checks for itself prints what it could do, and then
  /// "held".
  Attack& prints(std::string text);
  Attack& held() { return prints("held\n"); }

  /// Runs all; gives the attack's own execution.
  Ended run() const;

 private:
  std::string program_;
  std::string language_;
  std::vector<std::pair<std::string, std::int64_t>> limits_;
  std::string members_;
  std::vector<std::string> verdicts_;
  std::string output_;
  bool has_output_ = false;
};

/// The two canaries alone. `limits` are members of the first one's limits.
void check_canaries(const std::string& language, const std::string& limits);

}  // namespace runyard::test
