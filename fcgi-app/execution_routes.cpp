#include <algorithm>
#include <utility>

#include "core/ids.hpp"
#include "core/text.hpp"
#include "fcgi-app/byte_range.hpp"
#include "fcgi-app/cursor.hpp"
#include "fcgi-app/request_reading.hpp"
#include "fcgi-app/routes.hpp"
#include "fcgi-app/sessions/session_execution.hpp"
#include "fcgi-app/timestamp.hpp"

namespace runyard {
namespace {

/// The same answer for what never was, what was deleted and what is another's.
Response no_such_execution() { return problem_response(404, "there is no such execution"); }

/// `body` is what is shown of the execution.
Response execution_response(const Request& request, const Execution& execution, std::string body) {
  auto response = json_response(200, std::move(body));
  response.execution_id = execution.id;
  if (!is_terminal(execution.status)) return response;  // with no-store, as everything else

  // It never changes again: only its deletion is seen late, by so many seconds.
  const auto etag = '"' + sha256_hex(response.body).substr(0, 32) + '"';
  const auto* known = request.header("if-none-match");
  if (known && holds_tag(*known, etag)) {
    response.status = 304;
    response.body.clear();
    response.headers.clear();
  }
  response.headers.emplace_back("ETag", etag);
  response.headers.emplace_back("Cache-Control", "private, max-age=60");
  response.headers.emplace_back("X-Accel-Expires",
                                "1");  // Nginx may answer polls itself for that long
  return response;
}

Response read_one(const ApiContext& context, const Request& request, const Caller& caller) {
  const auto& id = request.params.at(0);
  if (!is_uuid(id)) return no_such_execution();
  BodyErrors errors;
  QueryReader query(request, errors);
  const auto encoding = query.encoding();
  const auto* whole = query.text("view");
  if (whole && *whole != "full") errors.add("view", "must be \"full\"");
  const auto wish = read_wait(request, query, context.max_wait_s);
  query.refuse_unknown();
  if (!errors.empty()) return refusal(errors);

  const auto deadline = Waiters::Clock::now() + std::chrono::seconds(wish.seconds);
  auto execution = context.executions.find(id, caller.owner);
  bool crowded = false;
  bool waited = false;
  if (execution && !is_terminal(execution->status) && wish.seconds > 0) {
    Waiters::Place place(context.waiters, execution->id, caller.owner);
    waited = static_cast<bool>(place);
    crowded = !waited;
    if (waited) {
      context.executions.watch(execution->id);
      execution = wait_for_end(context, place, execution->id, caller.owner, deadline, true);
    }
  }
  if (!execution) return no_such_execution();
  // Clients of code sessions know five members only.
  const bool short_form = execution->origin == Origin::kSession && !whole;
  auto response = execution_response(
      request, *execution,
      short_form ? session_execution_to_json(*execution, encoding, context.catalog)
                 : execution_to_json(*execution, encoding));
  // To somebody who may only look the gateway gives the output alone.
  if (request.live == "attach")
    response.headers.emplace_back("X-Runyard-May-Submit",
                                  caller.scopes.has(Scope::kSubmit) ? "yes" : "no");
  // Too many wait already: the client must not come back at once.
  if (crowded) response.headers.emplace_back("Retry-After", "1");
  if (waited && wish.preferred)
    response.headers.emplace_back("Preference-Applied", "wait=" + std::to_string(wish.seconds));
  return response;
}

std::string read_time(QueryReader& query, std::string_view name, BodyErrors& errors) {
  const auto* text = query.text(name);
  if (!text) return {};
  auto time = normalize_timestamp(*text);
  if (!time)
    errors.add(std::string(name), "must be a time as in RFC 3339, e.g. 2026-01-31T12:00:00Z");
  return time.value_or("");
}

std::string read_id(QueryReader& query, std::string_view name, BodyErrors& errors) {
  const auto* id = query.text(name);
  if (!id) return {};
  if (is_uuid(*id)) return *id;
  errors.add(std::string(name), "must be a UUID");
  return {};
}

ListFilter read_filter(const ApiContext& context, QueryReader& query, BodyErrors& errors) {
  constexpr std::int64_t kMaxLimit = 200;
  ListFilter filter;
  if (const auto* language = query.text("language")) {
    // A language that is gone may still stand in the history.
    const auto* known = context.catalog.find(*language);
    filter.language = known ? known->id : *language;
  }
  if (const auto* name = query.text("status")) {
    filter.status = status_from(*name);
    if (!filter.status)
      errors.add("status", "must be one of " + name_list({"QUEUED", "RUNNING", "COMPLETED",
                                                          "FAILED", "TIMEOUT", "CANCELLED"}));
  }
  if (const auto* project = query.text("project_id")) filter.project_id = *project;
  filter.problem_id = read_id(query, "problem_id", errors);
  filter.session_id = read_id(query, "session_id", errors);
  filter.since = read_time(query, "since", errors);
  filter.until = read_time(query, "until", errors);
  if (const auto limit = query.integer("limit", 1, kMaxLimit))
    filter.limit = static_cast<int>(*limit);
  if (const auto* cursor = query.text("cursor")) {
    const auto id = id_of_cursor(*cursor);
    if (!id) errors.add("cursor", "must be the next_cursor of an earlier answer");
    filter.before = id.value_or("");
  }
  query.refuse_unknown();
  return filter;
}

Response read_list(const ApiContext& context, const Request& request, const Caller& caller) {
  BodyErrors errors;
  QueryReader query(request, errors);
  const auto encoding = query.encoding();
  auto filter = read_filter(context, query, errors);
  if (!errors.empty()) return refusal(errors);

  const auto limit = static_cast<std::size_t>(filter.limit);
  ++filter.limit;  // one more tells whether there is a next page
  auto found = context.executions.list(caller.owner, filter);
  const bool more = found.size() > limit;
  if (more) found.resize(limit);
  json::Writer writer;
  writer.begin_object().key("executions").begin_array();
  // Each has its share, which outputs of ordinary text do not fill.
  constexpr std::size_t kAround = 1024;
  const auto share = (kMaxAnswerBytes - kAround) / std::max<std::size_t>(1, found.size()) - 1;
  for (const auto& execution : found) write_execution(writer, execution, encoding, share);
  writer.end_array().key("next_cursor");
  more ? writer.string(cursor_of(found.back().id)) : writer.null();
  writer.end_object();
  return json_response(200, writer.take());
}

Response cancel(const ApiContext& context, const Request& request, const Caller& caller) {
  const auto id = canonical_id(request.params.at(0));
  if (!is_uuid(id)) return no_such_execution();
  if (auto refused = refuse_extras(request)) return std::move(*refused);
  const auto outcome = context.executions.cancel(id, caller.owner);
  if (outcome == CancelOutcome::kNotFound) return no_such_execution();
  if (outcome == CancelOutcome::kAlreadyTerminal)
    return problem_response(409, "the execution is over already");
  const auto status = outcome == CancelOutcome::kCancelled ? Status::kCancelled : Status::kRunning;
  json::Writer writer;
  writer.begin_object().member("execution_id", id).member("status", to_string(status)).end_object();
  auto response = json_response(202, writer.text());
  response.execution_id = id;
  return response;
}

Response remove(const ApiContext& context, const Request& request, const Caller& caller) {
  const auto id = canonical_id(request.params.at(0));
  if (!is_uuid(id)) return no_such_execution();
  if (auto refused = refuse_extras(request)) return std::move(*refused);
  const auto outcome = context.executions.remove(id, caller.owner);
  if (outcome == DeleteOutcome::kNotFound) return no_such_execution();
  if (outcome == DeleteOutcome::kNotTerminal)
    return problem_response(409, "the execution is not over: cancel it first");
  Response response;
  response.status = 204;
  response.execution_id = id;
  return response;
}

}  // namespace

std::optional<Execution> wait_for_end(const ApiContext& context, Waiters::Place& place,
                                      const std::string& id, const std::string& owner,
                                      Waiters::Clock::time_point deadline, bool look_first) {
  for (bool look = look_first;; look = true) {
    if (look) {
      auto execution = context.executions.find(id, owner);
      if (!execution || is_terminal(execution->status)) return execution;
      if (Waiters::Clock::now() >= deadline) return execution;
    }
    if (!place.wait_until(std::min(deadline, Waiters::Clock::now() + context.look_interval)))
      return context.executions.find(id, owner);
  }
}

void add_execution_routes(Router& router, const ApiContext& context) {
  const std::string path = kExecutionsPath;
  router.add("GET", path, for_caller(context, Scope::kRead, read_list));
  router.add("GET", path + "/{id}", for_caller(context, Scope::kRead, read_one));
  router.add("DELETE", path + "/{id}", for_caller(context, Scope::kSubmit, remove));
  router.add("POST", path + "/{id}/cancel", for_caller(context, Scope::kSubmit, cancel));
}

}  // namespace runyard
