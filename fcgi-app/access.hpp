#pragma once
// Hosts and pages (core/access_rules.hpp) as HTTP: refusals, preflights, and what pages may read
// (the Fetch standard's CORS protocol).
#include <optional>
#include <string>
#include <vector>

#include "core/access_rules.hpp"
#include "fcgi-app/http.hpp"

namespace runyard {

/// Thread-safe.
class Access final {
 public:
  /// `older_cors`: pages of all origins may call below /v1/, without credentials.
  Access(AccessRules rules, bool older_cors) : rules_(std::move(rules)), older_cors_(older_cors) {}

  AccessVerdict look_at(const Request& request) const;

  /// What needs no route: a refusal (403, 421), or the answer to a preflight of a page that may
  /// call (204), for every path alike.
  std::optional<Response> early_answer(const Request& request, const AccessVerdict& verdict) const;

  /// Vary, and for pages that may read the answer what says so.
  void add_headers(const Request& request, const AccessVerdict& verdict, Response& response) const;

 private:
  bool is_open_path(const Request& request) const;

  const AccessRules rules_;
  const bool older_cors_;
};

/// What an operator should know of these settings, one sentence each.
std::vector<std::string> access_warnings(const AccessRules& rules, bool older_cors);

}  // namespace runyard
