#pragma once
// What a test leaves behind that was killed, by its time limit say: it carries the test's process
// id in its name, and the next test that makes the like removes it.
#include <signal.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

namespace runyard::test {

/// For `prefix` and this process.
inline std::string name_of_mine(const std::string& prefix) {
  return prefix + std::to_string(::getpid());
}

/// Whether `name` is `prefix` and the id of a process that is gone.
inline bool left_behind(const std::string& name, const std::string& prefix) {
  if (name.rfind(prefix, 0) != 0) return false;
  const auto digits = name.substr(prefix.size());
  if (digits.empty() || digits.find_first_not_of("0123456789") != std::string::npos) return false;
  return ::kill(std::atoi(digits.c_str()), 0) != 0;
}

}  // namespace runyard::test
