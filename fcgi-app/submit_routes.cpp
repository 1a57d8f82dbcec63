#include <utility>

#include "core/errors.hpp"
#include "core/ids.hpp"
#include "core/log.hpp"
#include "core/text.hpp"
#include "fcgi-app/compat/compat.hpp"
#include "fcgi-app/cursor.hpp"
#include "fcgi-app/problems/problem_submission.hpp"
#include "fcgi-app/request_reading.hpp"
#include "fcgi-app/routes.hpp"
#include "fcgi-app/submitting.hpp"

namespace runyard {
namespace {

constexpr std::size_t kMaxBatch = 100;

BodyErrors take(ParsedSubmission parsed, NewExecution& execution) {
  execution.submission = std::move(parsed.submission);
  execution.problem_id = std::move(parsed.problem_id);
  execution.listed = parsed.listed;
  execution.callback_url = std::move(parsed.callback_url);
  return std::move(parsed.errors);
}

/// Takes the body into `execution`, which has its owner; the mistakes come back.
BodyErrors parse(const ApiContext& context, const std::shared_ptr<const FleetView>& view,
                 const json::Value& body, const FindProblem& find_problem, NewExecution& execution,
                 bool live = false) {
  auto rules = context.rules;
  rules.live = live;
  return take(parse_submission(
                  body, context.catalog,
                  [&view](const Language& language) { return view->can_run(language); }, rules,
                  find_problem),
              execution);
}

/// What the gateway asks for beside the body.
void check_live(const Request& request, BodyErrors& errors) {
  if (request.live != "native" && request.live != "execute")
    errors.add("RUNYARD_LIVE", "must be \"native\" or \"execute\" for a submission");
  constexpr std::size_t kVersion = 14;
  const auto& id = request.live_id;
  if (!id.empty() && (!is_uuid(id) || id[kVersion] != '7' || id != canonical_id(id)))
    errors.add("RUNYARD_EXECUTION_ID", "must be a UUID of version 7 in lower case");
}

/// The same for what somebody talks to, as `request.live` says.
BodyErrors parse_live(const ApiContext& context, const Request& request, const json::Value& body,
                      NewExecution& execution) {
  BodyErrors wrong;
  check_live(request, wrong);
  if (!wrong.empty()) return wrong;
  execution.id = request.live_id;
  if (request.live == "execute") {
    execution.origin = Origin::kExecute;
    const Caller caller{execution.owner, std::nullopt};
    return take(compat::parse_execute(context, caller, body, true), execution);
  }
  return parse(context, context.fleet.view(), body, problem_finder(context, execution.owner),
               execution, true);
}

std::string accepted_json(const std::string& id, Status status) {
  json::Writer writer;
  writer.begin_object().member("execution_id", id).member("status", to_string(status)).end_object();
  return writer.text();
}

/// 202 with the execution's id and state; 200 with all of it when the caller waited and it is over.
Response accepted_response(const Accepted& accepted) {
  const auto& execution = accepted.execution;
  const bool complete = accepted.waited && execution && is_terminal(execution->status);
  const auto status = execution ? execution->status : Status::kQueued;
  auto response = complete
                      ? json_response(200, execution_to_json(*execution, OutputEncoding::kText))
                      : json_response(202, accepted_json(accepted.id, status));
  response.headers.emplace_back("Location", std::string(kExecutionsPath) + "/" + accepted.id);
  response.execution_id = accepted.id;
  return response;
}

Response submit(const ApiContext& context, const Request& request, const Caller& caller) {
  auto body = read_json(request);
  if (auto* refused = std::get_if<Response>(&body)) return std::move(*refused);

  NewExecution execution;
  execution.owner = caller.owner;
  const auto& value = std::get<json::Value>(body);
  auto errors = request.live.empty() ? parse(context, context.fleet.view(), value,
                                             problem_finder(context, caller.owner), execution)
                                     : parse_live(context, request, value, execution);
  QueryReader query(request, errors);
  const auto wish = read_wait(request, query, context.max_wait_s);
  query.refuse_unknown();
  execution.idempotency_key = read_idempotency_key(request, errors);
  if (!errors.empty()) return refusal(errors);
  if (!execution.idempotency_key.empty()) execution.idempotency_digest = sha256_hex(request.body);

  const auto answer = submit_and_wait(context, std::move(execution), wish.seconds, caller.scopes);
  if (const auto* refused = std::get_if<Refused>(&answer)) return refused_response(*refused);
  const auto& accepted = std::get<Accepted>(answer);
  auto response = accepted_response(accepted);
  if (wish.preferred && accepted.waited)
    response.headers.emplace_back("Preference-Applied", "wait=" + std::to_string(wish.seconds));
  return response;
}

/// One submission of a batch: its id and state as JSON, or why it was not taken.
std::variant<std::string, Refused> submit_one(const ApiContext& context,
                                              const std::shared_ptr<const FleetView>& view,
                                              const json::Value& body,
                                              const FindProblem& find_problem,
                                              NewExecution execution, Scopes scopes,
                                              const std::string& request_id) {
  try {
    const auto errors = parse(context, view, body, find_problem, execution);
    if (!errors.empty())
      return Refused{{errors.status(), "some fields are wrong", errors.fields()}};
    const auto answer = submit_and_wait(context, std::move(execution), 0, scopes);
    if (const auto* refused = std::get_if<Refused>(&answer)) return *refused;
    const auto& accepted = std::get<Accepted>(answer);
    // The request's own line names none of them.
    log::info("accepted", {{"request", request_id}, {"execution", accepted.id}});
    return accepted_json(accepted.id,
                         accepted.execution ? accepted.execution->status : Status::kQueued);
  } catch (const DatabaseUnavailable&) {
    return Refused{{503, "the database is away; try again", {}}, 2};
  }
}

Response submit_batch(const ApiContext& context, const Request& request, const Caller& caller) {
  const auto view = context.fleet.view();
  auto body = read_json(request);
  if (auto* refused = std::get_if<Response>(&body)) return std::move(*refused);

  BodyErrors errors;
  ObjectReader reader(std::get<json::Value>(body), "", errors);
  const auto* items = reader.array("executions", kMaxBatch);
  if (reader.is_object() && !reader.member("executions")) errors.add("executions", "is required");
  if (items && items->empty()) errors.add("executions", "must hold at least one submission");
  reader.refuse_unknown();
  QueryReader(request, errors).refuse_unknown();
  const auto key = read_idempotency_key(request, errors);
  if (!errors.empty()) return refusal(errors);

  const auto digest = key.empty() ? std::string() : sha256_hex(request.body);
  json::Writer writer;
  writer.begin_object().key("executions").begin_array();
  bool some_accepted = false;
  const auto find_problem = remembering(problem_finder(context, caller.owner));
  for (std::size_t i = 0; i < items->size(); ++i) {
    NewExecution execution;
    execution.owner = caller.owner;
    execution.idempotency_digest = digest;
    // A key of its own for each element, of bounded length and unlike any that a client would
    // choose.
    if (!key.empty())
      execution.idempotency_key = "batch " + sha256_hex(key + '\n' + std::to_string(i));
    const auto outcome = submit_one(context, view, (*items)[i], find_problem, std::move(execution),
                                    caller.scopes, request.request_id);
    if (const auto* accepted = std::get_if<std::string>(&outcome)) {
      some_accepted = true;
      writer.raw(*accepted);
      continue;
    }
    const auto& refused = std::get<Refused>(outcome);
    // Once some are in, their ids must reach the caller; before that the whole batch can come
    // again.
    if (refused.problem.status == 503 && !some_accepted) return refused_response(refused);
    writer.begin_object().key("error");
    write_problem(writer, refused.problem);
    writer.end_object();
  }
  writer.end_array().end_object();
  return json_response(202, writer.text());
}

}  // namespace

void add_submit_routes(Router& router, const ApiContext& context) {
  const std::string path = kExecutionsPath;
  router.add("POST", path, for_caller(context, Scope::kSubmit, submit));
  router.add("POST", path + "/batch", for_caller(context, Scope::kSubmit, submit_batch));
}

}  // namespace runyard
