#pragma once
// From a request's credentials to its caller.
#include <variant>

#include "fcgi-app/caller.hpp"
#include "fcgi-app/http.hpp"
#include "fcgi-app/problem.hpp"

namespace runyard {

/// Thread-safe; may throw DatabaseUnavailable.
class Authenticator {
 public:
  virtual ~Authenticator() = default;

  /// The caller, or why there is none: 401 for missing or bad credentials, 429 for too many of the
  /// latter. Each group of routes writes the problem in its own way.
  virtual std::variant<Caller, Problem> identify(const Request& request) = 0;
};

/// Takes nobody's credentials: a caller is who the web server says, else an address.
class AnonymousAuthenticator final : public Authenticator {
 public:
  std::variant<Caller, Problem> identify(const Request& request) override;
};

}  // namespace runyard
