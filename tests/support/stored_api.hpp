#pragma once
// The API over a database of its own. Nothing runs what is submitted: tests end it with finish().
#include <string>
#include <utility>
#include <vector>

#include "core/ids.hpp"
#include "core/webhook_store.hpp"
#include "core/work_queue.hpp"
#include "fcgi-app/api.hpp"
#include "tests/support/api_fixture.hpp"
#include "tests/support/requests.hpp"
#include "tests/support/temp_database.hpp"

namespace runyard::test {

/// Anonymous by address, or registered with this number.
class TestAuthenticator final : public Authenticator {
 public:
  std::variant<Caller, Problem> identify(const Request& request) override {
    Caller caller;
    caller.owner = account ? "account:" + std::to_string(*account) : "addr:" + request.remote_addr;
    caller.user_id = account;
    return caller;
  }

  std::optional<std::int64_t> account;
};

struct StoredApi {
  StoredApi() {
    quiet_log();
    context.problems = &problems;
    context.sessions = &sessions;
    context.stats = &stats;
    context.webhooks = &webhooks;
    api = std::make_unique<Api>(context);
  }

  Response ask(const std::string& method, const std::string& path, const std::string& body = "") {
    auto request = request_to(method, path, body);
    request.remote_addr = address;
    return api->handle(request);
  }
  /// The same as another caller.
  Response ask_as(const std::string& who, const std::string& method, const std::string& path,
                  const std::string& body = "") {
    const auto kept = std::exchange(address, who);
    auto response = ask(method, path, body);
    address = kept;
    return response;
  }

  /// A worker claims everything that is queued and gives this as the end of each.
  void finish(const Result& result) {
    WorkQueue queue(database, new_uuid7());
    std::vector<Finished> finished;
    for (const auto& claim : queue.turn({}, 100, {"python", "cpp"}).claims)
      finished.push_back({claim.id, claim.attempt, result});
    queue.turn(finished, 0, {});
  }

  std::string address = "192.0.2.1";
  TempDatabase temp;
  Database database{temp.options(), 4};
  ExecutionStore store{database};
  StoredExecutions executions{store};
  ProblemStore problems{database};
  SessionStore sessions{database};
  StatsStore stats{database};
  WebhookStore webhooks{database};
  LanguageCatalog catalog = small_catalog();
  Waiters waiters{4};
  FleetMonitor fleet{[](std::int64_t) {
                       return Fleet{1, {"python", "cpp"}, 0};
                     },
                     100, std::chrono::hours(1)};
  TestAuthenticator authenticator;
  ApiContext context{authenticator, executions, catalog, fleet, waiters, {}};
  std::unique_ptr<Api> api;
};

/// A run that wrote this and ended well.
inline Result completed(const std::string& output) {
  Result result;
  result.status = Status::kCompleted;
  result.output = output;
  result.exit_code = 0;
  result.wall_ms = 7;
  return result;
}

inline std::string text_of(const Response& response, const std::string& name) {
  const auto json = json::parse(response.body);
  const auto* value = json.find(name);
  return value && value->string() ? *value->string() : std::string();
}

/// The fields that a problem document names, each followed by a space.
inline std::string fields_of(const Response& response) {
  std::string fields;
  const auto json = json::parse(response.body);
  const auto* errors = json.find("errors");
  if (errors && errors->array())
    for (const auto& error : *errors->array()) fields += *error.find("field")->string() + " ";
  return fields;
}

}  // namespace runyard::test
