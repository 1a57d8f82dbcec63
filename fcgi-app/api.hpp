#pragma once
// The native API: from a request to its answer.
#include <chrono>
#include <memory>
#include <stdexcept>

#include "core/access_rules.hpp"
#include "core/language.hpp"
#include "core/network.hpp"
#include "core/problem_store.hpp"
#include "core/session_store.hpp"
#include "core/stats_store.hpp"
#include "fcgi-app/access.hpp"
#include "fcgi-app/api_metrics.hpp"
#include "fcgi-app/auth/authenticator.hpp"
#include "fcgi-app/executions.hpp"
#include "fcgi-app/fleet_monitor.hpp"
#include "fcgi-app/router.hpp"
#include "fcgi-app/submission_parser.hpp"
#include "fcgi-app/waiters.hpp"

namespace runyard {

struct AuthService;
struct EventFeed;
class MetricsPage;
class MetricsWriter;
struct OlderInterfaces;
class Quotas;
class WebhookStore;

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
  AuthService* auth = nullptr;  ///< nullptr: no routes of accounts
  Quotas* quotas = nullptr;     ///< nullptr: none
  /// Nullptr only where no request of the test goes that way.
  ProblemStore* problems = nullptr;
  SessionStore* sessions = nullptr;
  StatsStore* stats = nullptr;
  WebhookStore* webhooks = nullptr;
  EventFeed* events = nullptr;
  const OlderInterfaces* older = nullptr;  ///< nullptr: no routes of compat/
  MetricsPage* metrics = nullptr;          ///< likewise
  std::vector<Network> metrics_allow{};    ///< who may read that
  const MetricsWriter* writer = nullptr;   ///< nullptr: nothing is known of writing
  AccessRules access{};                    ///< from which hosts and pages one may call
  bool older_cors = false;                 ///< pages of all origins may call below /v1/
};

/// *pointer; a mistake of ours when it is null, answered as such.
template <typename Store>
Store& required(Store* pointer) {
  if (!pointer) throw std::logic_error("the API was made without this store");
  return *pointer;
}

/// Thread-safe after construction.
class Api final {
 public:
  explicit Api(const ApiContext& context);

  /// Answers any request; never throws. Before anything else it looks at host and page
  /// (access.hpp), whatever the path. Adds X-Request-Id, and `no-store` where nothing else was said
  /// of caching; logs one line.
  Response handle(Request& request) const;

  /// Every route, as "GET /api/v1/executions/{id}".
  std::vector<std::string> routes() const { return router_.routes(); }

 private:
  Response answer(Request& request) const;

  const Access access_;
  Router router_;
  std::unique_ptr<RequestMetrics> metrics_;  // made when all routes are known
};

}  // namespace runyard
