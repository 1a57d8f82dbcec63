#include <utility>

#include "core/errors.hpp"
#include "core/ids.hpp"
#include "core/text.hpp"
#include "fcgi-app/request_reading.hpp"
#include "fcgi-app/routes.hpp"

namespace runyard {
namespace {

constexpr std::size_t kMaxBatch = 100;
constexpr int kRetryAfterFull = 5;
constexpr char kConflict[] = "this Idempotency-Key was used with another body";

/// The answer while nothing can be taken in; nullopt when something can.
std::optional<Response> closed(const FleetView& view) {
  if (view.queue_full) return unavailable_response("the queue is full; try again", kRetryAfterFull);
  return std::nullopt;
}

ParsedSubmission parse(const ApiContext& context, const std::shared_ptr<const FleetView>& view,
                       const json::Value& body) {
  return parse_submission(
      body, context.catalog, [&view](const Language& language) { return view->can_run(language); },
      context.rules);
}

std::string accepted_json(const std::string& id, Status status) {
  json::Writer writer;
  writer.begin_object().member("execution_id", id).member("status", to_string(status)).end_object();
  return writer.text();
}

/// 202 with the execution's id and state; 200 with all of it when `waited` and it is over.
Response submitted_response(const std::string& id, const std::optional<Execution>& execution,
                            bool waited) {
  const bool complete = waited && execution && is_terminal(execution->status);
  const auto status = execution ? execution->status : Status::kQueued;
  auto response = complete
                      ? json_response(200, execution_to_json(*execution, OutputEncoding::kText))
                      : json_response(202, accepted_json(id, status));
  response.headers.emplace_back("Location", std::string(kExecutionsPath) + "/" + id);
  response.execution_id = id;
  return response;
}

/// The answer for an execution that an earlier request with the same key made.
Response repeated_response(const ApiContext& context, const std::string& id,
                           const std::string& owner, bool waits,
                           Waiters::Clock::time_point deadline) {
  std::optional<Execution> execution;
  if (waits) {
    Waiters::Place place(context.waiters, id);
    context.executions.watch(id);
    execution = wait_for_end(context, place, id, owner, deadline, true);
  } else {
    execution = context.executions.find(id, owner);
  }
  if (!execution)
    return problem_response(409, "the execution that this Idempotency-Key stands for was deleted");
  return submitted_response(id, execution, waits);
}

Response submit(const ApiContext& context, const Request& request, const std::string& owner) {
  const auto view = context.fleet.view();
  if (auto refused = closed(*view)) return std::move(*refused);
  auto body = read_json(request);
  if (auto* refused = std::get_if<Response>(&body)) return std::move(*refused);

  auto parsed = parse(context, view, std::get<json::Value>(body));
  QueryReader query(request, parsed.errors);
  const auto wish = read_wait(request, query, context.max_wait_s);
  query.refuse_unknown();
  NewExecution execution;
  execution.idempotency_key = read_idempotency_key(request, parsed.errors);
  if (!parsed.errors.empty()) return refusal(parsed.errors);

  execution.id = new_uuid7();
  execution.owner = owner;
  execution.submission = std::move(parsed.submission);
  if (!execution.idempotency_key.empty()) execution.idempotency_digest = sha256_hex(request.body);

  // The place is taken before the submission, so that no end can be missed.
  const auto deadline = Waiters::Clock::now() + std::chrono::seconds(wish.seconds);
  std::optional<Waiters::Place> place;
  if (wish.seconds > 0) place.emplace(context.waiters, execution.id);
  const bool waits = place && *place;
  execution.watched = waits;

  const auto outcome = context.executions.submit(execution);
  const auto* submitted = std::get_if<Submitted>(&outcome);
  if (!submitted) return problem_response(409, kConflict);

  Response response;
  if (!submitted->created) {
    place.reset();  // of an id that nobody will ever have
    response = repeated_response(context, submitted->id, owner, waits, deadline);
  } else if (waits) {
    response = submitted_response(
        submitted->id, wait_for_end(context, *place, submitted->id, owner, deadline, false), true);
  } else {
    response = submitted_response(submitted->id, std::nullopt, false);
  }
  if (wish.preferred && waits)
    response.headers.emplace_back("Preference-Applied", "wait=" + std::to_string(wish.seconds));
  return response;
}

/// One submission of a batch: its id and state as JSON, or the problem that it has.
std::variant<std::string, Problem> submit_one(const ApiContext& context,
                                              const std::shared_ptr<const FleetView>& view,
                                              const json::Value& body, NewExecution execution) {
  auto parsed = parse(context, view, body);
  if (!parsed.errors.empty())
    return Problem{parsed.errors.status(), "some fields are wrong", parsed.errors.fields()};
  execution.id = new_uuid7();
  execution.submission = std::move(parsed.submission);
  try {
    const auto outcome = context.executions.submit(execution);
    const auto* submitted = std::get_if<Submitted>(&outcome);
    if (!submitted) return Problem{409, kConflict, {}};
    const auto known =
        submitted->created ? std::nullopt : context.executions.find(submitted->id, execution.owner);
    return accepted_json(submitted->id, known ? known->status : Status::kQueued);
  } catch (const DatabaseUnavailable&) {
    // Those before it are in: the others' ids must reach the caller.
    return Problem{503, "the database is away; try again", {}};
  }
}

Response submit_batch(const ApiContext& context, const Request& request, const std::string& owner) {
  const auto view = context.fleet.view();
  if (auto refused = closed(*view)) return std::move(*refused);
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
  for (std::size_t i = 0; i < items->size(); ++i) {
    NewExecution execution;
    execution.owner = owner;
    execution.idempotency_digest = digest;
    // A key of its own for each element, of bounded length and unlike any that a client would
    // choose.
    if (!key.empty())
      execution.idempotency_key = "batch " + sha256_hex(key + '\n' + std::to_string(i));
    const auto outcome = submit_one(context, view, (*items)[i], std::move(execution));
    if (const auto* accepted = std::get_if<std::string>(&outcome)) {
      writer.raw(*accepted);
    } else {
      writer.begin_object().key("error");
      write_problem(writer, std::get<Problem>(outcome));
      writer.end_object();
    }
  }
  writer.end_array().end_object();
  return json_response(202, writer.text());
}

}  // namespace

void add_submit_routes(Router& router, const ApiContext& context) {
  const std::string path = kExecutionsPath;
  router.add("POST", path, for_owner([context](const Request& request, const std::string& owner) {
               return submit(context, request, owner);
             }));
  router.add("POST", path + "/batch",
             for_owner([context](const Request& request, const std::string& owner) {
               return submit_batch(context, request, owner);
             }));
}

}  // namespace runyard
