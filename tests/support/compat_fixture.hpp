#pragma once
// The older interfaces over stores in memory, where every program ends at once as the test says.
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "fcgi-app/api.hpp"
#include "fcgi-app/compat/compat.hpp"
#include "tests/support/api_fixture.hpp"
#include "tests/support/requests.hpp"

namespace runyard::test {

/// Ends what is submitted with `result`, or lets it wait for ever without one.
class EndingExecutions final : public Executions {
 public:
  SubmitOutcome submit(const NewExecution& execution) override {
    last = execution;
    return inner_.submit(execution);
  }
  std::optional<Execution> find(const std::string& id, const std::string& owner) override {
    auto found = inner_.find(id, owner);
    if (!found) return found;
    if (const auto asked = inner_.find_submission(id, owner)) found->project_id = asked->project_id;
    if (result && !is_terminal(found->status)) {
      found->status = result->status;
      found->result = result;
    }
    return found;
  }
  std::optional<Submission> find_submission(const std::string& id,
                                            const std::string& owner) override {
    return inner_.find_submission(id, owner);
  }
  std::optional<StoredPart> find_part(const std::string& id, const std::string& owner,
                                      ExecutionPart part, const std::string& name,
                                      const PartRange& range) override {
    return inner_.find_part(id, owner, part, name, range);
  }
  std::vector<Execution> list(const std::string& owner, const ListFilter& filter) override {
    return inner_.list(owner, filter);
  }
  void watch(const std::string& id) override { inner_.watch(id); }
  CancelOutcome cancel(const std::string& id, const std::string& owner) override {
    return inner_.cancel(id, owner);
  }
  DeleteOutcome remove(const std::string& id, const std::string& owner) override {
    if (result && inner_.find(id, owner)) inner_.finish(id);
    return inner_.remove(id, owner);
  }
  void go_away(bool away) { inner_.go_away(away); }
  std::size_t submissions() const { return inner_.submitted().size(); }

  std::optional<Result> result;
  NewExecution last;  ///< what was submitted last

 private:
  MemoryExecutions inner_;
};

class MemoryOlder final : public OlderStore {
 public:
  std::int64_t add_history(const std::string& owner, const std::string& execution_id) override {
    entries_.push_back({owner, {static_cast<std::int64_t>(entries_.size()) + 1, execution_id}});
    return entries_.back().second.id;
  }
  std::vector<HistoryEntry> history(const std::string& owner, const std::string& project_id,
                                    int limit) override {
    asked_project = project_id;
    std::vector<HistoryEntry> found;
    for (auto entry = entries_.rbegin(); entry != entries_.rend(); ++entry)
      if (entry->first == owner && found.size() < static_cast<std::size_t>(limit))
        found.push_back(entry->second);
    return found;
  }
  std::optional<HistoryEntry> history_entry(const std::string& owner, std::int64_t id) override {
    for (const auto& [who, entry] : entries_)
      if (who == owner && entry.id == id) return entry;
    return std::nullopt;
  }
  void remove_history(const std::string& owner, const std::string& execution_id) override {
    for (auto& [who, entry] : entries_)
      if (who == owner && entry.execution_id == execution_id) who = "nobody";
  }
  std::vector<std::string> newest_spec(const std::string& /*owner*/, int limit) override {
    asked_limit = limit;
    return spec_ids;
  }

  std::string asked_project;
  int asked_limit = 0;
  std::vector<std::string> spec_ids;

 private:
  std::vector<std::pair<std::string, HistoryEntry>> entries_;  // owner, entry
};

/// "Bearer good" is account 7, any other bearer is refused, everybody else is an address.
class TestAuthenticator final : public Authenticator {
 public:
  std::variant<Caller, Problem> identify(const Request& request) override {
    const auto* header = request.header("authorization");
    if (header && *header == "Bearer good") return Caller{"account:7", 7, Scopes::all()};
    if (header && *header == "Bearer reader")
      return Caller{"account:7", 7, Scopes::none().with(Scope::kRead)};
    if (header) return Problem{401, "the token is not valid", {}};
    return Caller{"addr:" + request.remote_addr, std::nullopt, Scopes::all()};
  }
};

struct CompatStack {
  explicit CompatStack(int places = 4)
      : waiters(places),
        monitor(
            [](std::int64_t) {
              return Fleet{1, {"python"}, 0};
            },
            100, std::chrono::hours(1)) {
    quiet_log();
  }

  Response ask(const std::string& method, const std::string& path, const std::string& body = "",
               Headers headers = {}) {
    auto request = request_to(method, path, body, std::move(headers));
    request.remote_addr = address;
    return api.handle(request);
  }

  static Result completed(const std::string& output, const std::string& errors = "") {
    Result result;
    result.status = Status::kCompleted;
    result.output = output;
    result.errors = errors;
    result.exit_code = 0;
    result.wall_ms = 123;
    result.memory_kb = 9000;
    return result;
  }
  static Result failed(Reason reason, const std::string& message, std::optional<int> code = {}) {
    Result result;
    result.status = Status::kFailed;
    result.reason = reason;
    result.message = message;
    result.exit_code = code;
    result.wall_ms = 5;
    return result;
  }
  static Result late(int milliseconds) {
    Result result;
    result.status = Status::kTimeout;
    result.reason = Reason::kWallTime;
    result.message = "wall time limit exceeded";
    result.signal = 9;
    result.wall_ms = milliseconds;
    return result;
  }

  std::string address = "192.0.2.1";
  EndingExecutions executions;
  MemoryOlder older_store;
  int counted = 0;
  int allowed = 1'000'000;
  OlderInterfaces older{older_store, 20, 100 * kKib, [this](const std::string& /*who*/) {
                          return ++counted > allowed ? std::optional(std::chrono::seconds(61))
                                                     : std::nullopt;
                        }};
  LanguageCatalog catalog = small_catalog();
  Waiters waiters;
  FleetMonitor monitor;
  TestAuthenticator authenticator;
  ApiContext context = make_context();
  Api api{context};

 private:
  ApiContext make_context() {
    ApiContext made{authenticator, executions, catalog, monitor, waiters, {}};
    made.look_interval = std::chrono::milliseconds(1);
    made.older = &older;
    return made;
  }
};

}  // namespace runyard::test
