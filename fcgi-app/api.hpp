#pragma once
// The native API: from a request to its answer.
#include <chrono>
#include <memory>

#include "core/language.hpp"
#include "fcgi-app/auth/authenticator.hpp"
#include "fcgi-app/executions.hpp"
#include "fcgi-app/fleet_monitor.hpp"
#include "fcgi-app/router.hpp"
#include "fcgi-app/submission_parser.hpp"
#include "fcgi-app/waiters.hpp"

namespace runyard {

/// What the routes work with. All of it outlives the Api, and any thread may use it.
struct ApiContext {
  Authenticator& authenticator;
  Executions& executions;
  const LanguageCatalog& catalog;
  const FleetMonitor& fleet;
  Waiters& waiters;
  SubmissionRules rules;
  int max_wait_s = 60;
  /// Whoever waits looks by itself this often, should a notification be lost.
  std::chrono::milliseconds look_interval{2000};
};

/// Thread-safe after construction.
class Api final {
 public:
  explicit Api(const ApiContext& context);

  /// Answers any request; never throws. Adds X-Request-Id, and `no-store` where nothing else was
  /// said of caching; logs one line.
  Response handle(Request& request) const;

 private:
  Response answer(Request& request) const;

  Router router_;
};

}  // namespace runyard
