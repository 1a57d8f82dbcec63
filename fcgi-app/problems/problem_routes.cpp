#include <utility>

#include "core/ids.hpp"
#include "fcgi-app/cursor.hpp"
#include "fcgi-app/problems/problem_json.hpp"
#include "fcgi-app/problems/problem_parser.hpp"
#include "fcgi-app/request_reading.hpp"
#include "fcgi-app/routes.hpp"

namespace runyard {
namespace {

constexpr char kProblemsPath[] = "/api/v1/problems";
/// So often a change is tried again that another one of the same author came before.
constexpr int kTries = 5;

/// The same answer for what never was, what was deleted and, to one who would change it, what is
/// another's.
Response no_such_problem() { return problem_response(404, "there is no such problem"); }

/// Reads a body into `problem`; an answer when it cannot be taken.
std::optional<Response> read_body(const ApiContext& context, const Request& request,
                                  const json::Value& body, ProblemBody kind,
                                  StoredProblem& problem) {
  BodyErrors errors;
  const auto view = context.fleet.view();
  const IsAvailable is_available = [&view](const Language& language) {
    return view->can_run(language);
  };
  read_problem_body(body, kind, ParseContext{context.catalog, is_available, context.rules, errors},
                    problem);
  QueryReader(request, errors).refuse_unknown();
  if (errors.empty()) return std::nullopt;
  return refusal(errors);
}

Response stored_response(const ApiContext& context, int status, const StoredProblem& problem) {
  const auto stored = required(context.problems).find(problem.id);
  if (!stored) return no_such_problem();  // deleted since
  auto response = json_response(status, problem_to_json(*stored, problem.owner));
  if (status == 201)
    response.headers.emplace_back("Location", std::string(kProblemsPath) + "/" + problem.id);
  return response;
}

Response create(const ApiContext& context, const Request& request, const Caller& caller) {
  auto body = read_json(request);
  if (auto* refused = std::get_if<Response>(&body)) return std::move(*refused);
  StoredProblem problem;
  problem.id = new_uuid7();
  problem.owner = caller.owner;
  if (auto refused =
          read_body(context, request, std::get<json::Value>(body), ProblemBody::kWhole, problem))
    return std::move(*refused);
  if (required(context.problems).insert(problem) == InsertOutcome::kTooMany)
    return problem_response(409, "you have " + std::to_string(ProblemStore::kMaxOfOwner) +
                                     " problems, which is the most: delete one first");
  return stored_response(context, 201, problem);
}

Response read_one(const ApiContext& context, const Request& request, const Caller& caller) {
  const auto& id = request.params.at(0);
  if (!is_uuid(id)) return no_such_problem();
  if (auto refused = refuse_query(request)) return std::move(*refused);
  const auto problem = required(context.problems).find(id);
  if (!problem) return no_such_problem();
  return json_response(200, problem_to_json(*problem, caller.owner));
}

Response read_list(const ApiContext& context, const Request& request, const Caller& caller) {
  constexpr std::int64_t kMaxLimit = 200;
  BodyErrors errors;
  QueryReader query(request, errors);
  ProblemFilter filter;
  if (const auto limit = query.integer("limit", 1, kMaxLimit))
    filter.limit = static_cast<int>(*limit);
  if (const auto* cursor = query.text("cursor")) {
    const auto id = id_of_cursor(*cursor);
    if (!id) errors.add("cursor", "must be the next_cursor of an earlier answer");
    filter.before = id.value_or("");
  }
  if (const auto* mine = query.text("mine")) {
    if (*mine == "true")
      filter.owner = caller.owner;
    else if (*mine != "false")
      errors.add("mine", "must be true or false");
  }
  query.refuse_unknown();
  if (!errors.empty()) return refusal(errors);

  const auto limit = static_cast<std::size_t>(filter.limit);
  ++filter.limit;  // one more tells whether there is a next page
  auto found = required(context.problems).list(filter);
  const bool more = found.size() > limit;
  if (more) found.resize(limit);
  json::Writer writer;
  writer.begin_object().key("problems").begin_array();
  for (const auto& problem : found) write_problem_entry(writer, problem, caller.owner);
  writer.end_array().key("next_cursor");
  more ? writer.string(cursor_of(found.back().id)) : writer.null();
  writer.end_object();
  return json_response(200, writer.text());
}

/// PUT and PATCH. Read, changed and written back; whoever wrote in between makes it begin again.
Response change(const ApiContext& context, const Request& request, const Caller& caller,
                ProblemBody kind) {
  const auto& id = request.params.at(0);
  if (!is_uuid(id)) return no_such_problem();
  auto body = read_json(request);
  if (auto* refused = std::get_if<Response>(&body)) return std::move(*refused);
  for (int again = 0; again < kTries; ++again) {
    auto stored = required(context.problems).find(id);
    if (!stored || stored->owner != caller.owner) return no_such_problem();
    auto problem = std::move(*stored);
    if (kind == ProblemBody::kWhole) {
      StoredProblem fresh;
      fresh.id = problem.id;
      fresh.owner = problem.owner;
      fresh.revision = problem.revision;
      problem = std::move(fresh);
    }
    if (auto refused = read_body(context, request, std::get<json::Value>(body), kind, problem))
      return std::move(*refused);
    const auto outcome = required(context.problems).replace(problem);
    if (outcome == ReplaceOutcome::kNotFound) return no_such_problem();
    if (outcome == ReplaceOutcome::kReplaced) return stored_response(context, 200, problem);
  }
  return problem_response(409, "it is being changed by others at the same time; try again");
}

Response replace(const ApiContext& context, const Request& request, const Caller& caller) {
  return change(context, request, caller, ProblemBody::kWhole);
}

Response merge(const ApiContext& context, const Request& request, const Caller& caller) {
  return change(context, request, caller, ProblemBody::kChange);
}

Response remove(const ApiContext& context, const Request& request, const Caller& caller) {
  const auto& id = request.params.at(0);
  if (!is_uuid(id)) return no_such_problem();
  if (auto refused = refuse_extras(request)) return std::move(*refused);
  if (!required(context.problems).remove(id, caller.owner)) return no_such_problem();
  Response response;
  response.status = 204;
  return response;
}

}  // namespace

void add_problem_routes(Router& router, const ApiContext& context) {
  const std::string path = kProblemsPath;
  router.add("GET", path, for_caller(context, Scope::kRead, read_list));
  router.add("POST", path, for_caller(context, Scope::kAuthor, create));
  router.add("GET", path + "/{id}", for_caller(context, Scope::kRead, read_one));
  router.add("PUT", path + "/{id}", for_caller(context, Scope::kAuthor, replace));
  router.add("PATCH", path + "/{id}", for_caller(context, Scope::kAuthor, merge));
  router.add("DELETE", path + "/{id}", for_caller(context, Scope::kAuthor, remove));
}

}  // namespace runyard
