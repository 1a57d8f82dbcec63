#pragma once
#include <cstdlib>
#include <string>

namespace runyard::test {

/// Without settings of PostgreSQL's sessions in the environment, where set_session_defaults() puts
/// them; as it was, at the end.
class SessionEnvironment final {
 public:
  SessionEnvironment() { ::unsetenv("PGOPTIONS"); }
  ~SessionEnvironment() {
    if (had_)
      ::setenv("PGOPTIONS", before_.c_str(), 1);
    else
      ::unsetenv("PGOPTIONS");
  }
  SessionEnvironment(const SessionEnvironment&) = delete;
  SessionEnvironment& operator=(const SessionEnvironment&) = delete;

 private:
  const bool had_ = std::getenv("PGOPTIONS") != nullptr;
  const std::string before_ = had_ ? std::getenv("PGOPTIONS") : "";
};

}  // namespace runyard::test
