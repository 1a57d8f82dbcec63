#pragma once
// The shapes in which wrong input is reported.
#include <stdexcept>
#include <string>
#include <vector>

namespace runyard {

/// One wrong field of a request, a config or a manifest: where it is, and the rule that it breaks.
struct FieldError {
  std::string field;
  std::string message;
};

/// PostgreSQL cannot be reached, or lost the connection while it was used. The work may be tried
/// again where it is harmless to do it twice.
class DatabaseUnavailable : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// What a program was started with cannot work: the message names each mistake, one a line.
class ConfigError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace runyard
