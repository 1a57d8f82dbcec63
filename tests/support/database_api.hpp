#pragma once
// The whole API on a database of its own, without Nginx and without a worker.
#include <string>
#include <utility>
#include <vector>

#include "core/execution_store.hpp"
#include "core/ids.hpp"
#include "core/quota_store.hpp"
#include "core/webhook_store.hpp"
#include "fcgi-app/api.hpp"
#include "fcgi-app/auth/auth_service.hpp"
#include "fcgi-app/auth/credentials_authenticator.hpp"
#include "fcgi-app/compat/compat.hpp"
#include "fcgi-app/events/events.hpp"
#include "fcgi-app/quotas.hpp"
#include "tests/support/api_fixture.hpp"
#include "tests/support/requests.hpp"
#include "tests/support/temp_database.hpp"

namespace runyard::test {

struct DatabaseApi {
  explicit DatabaseApi(bool required = false, QuotaLimits limits = {})
      : authenticator(required, &tokens, keys),
        quotas(
            limits, [this] { return quota_store.has_overrides(); },
            [this](const std::string& owner) { return quota_store.overrides(owner); }),
        api(context()) {
    quiet_log();
  }

  /// As a user whom the web server vouches for; "" as an address. Thread-safe.
  Response ask(const std::string& user, const std::string& method, const std::string& path,
               const std::string& body = "", Headers headers = {}) const {
    auto request = request_to(method, path, body, std::move(headers));
    request.user = user;
    return api.handle(request);
  }
  /// As the gateway asks for a live run; `id` may be empty.
  Response submit_live(const std::string& user, const std::string& id, const std::string& body) {
    auto request = request_to("POST", "/api/v1/executions", body);
    request.user = user;
    request.live = "native";
    request.live_id = id;
    return api.handle(request);
  }

  /// A new key of this owner.
  Headers key(const std::string& owner, std::vector<std::string> scopes) {
    const auto text = new_api_key();
    users.add_key({new_uuid7(), owner, "test", digest_of_key(text), std::move(scopes)}, 1000);
    return {{"x-api-key", text}};
  }

  TempDatabase base;
  Database database{base.options(), 4};
  ExecutionStore store{database};
  StoredExecutions executions{store};
  ProblemStore problems{database};
  SessionStore sessions{database};
  StatsStore stats{database};
  WebhookStore webhooks{database};
  StoredOlder older_store{database};
  UserStore users{database};
  StoredAccounts accounts{users};
  QuotaStore quota_store{database};
  LanguageCatalog catalog = small_catalog();
  LiveStore live_store{database};
  StoredLive live{live_store};
  ListenerPlaces listener_places{32};
  EventFeed event_feed{live, listener_places};
  Waiters waiters{4};
  FleetMonitor monitor{[](std::int64_t) {
                         return Fleet{1, {"python", "cpp"}, 0};
                       },
                       100'000, std::chrono::hours(1)};
  TokenSigner tokens{std::string(32, 's'), std::chrono::seconds(600)};
  KeyRing keys{accounts};
  AuthService auth{accounts, keys, &tokens, {}};
  CredentialsAuthenticator authenticator;
  Quotas quotas;
  OlderInterfaces older{older_store, 20, 100 * 1024,
                        [](const std::string&) { return std::nullopt; }};
  Api api;

 private:
  ApiContext context() {
    ApiContext made{authenticator, executions, catalog, monitor, waiters, {}};
    made.auth = &auth;
    made.quotas = &quotas;
    made.problems = &problems;
    made.sessions = &sessions;
    made.stats = &stats;
    made.events = &event_feed;
    made.webhooks = &webhooks;
    made.older = &older;
    return made;
  }
};

}  // namespace runyard::test
