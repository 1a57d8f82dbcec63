#include <utility>

#include "core/ids.hpp"
#include "fcgi-app/cursor.hpp"
#include "fcgi-app/request_reading.hpp"
#include "fcgi-app/routes.hpp"
#include "fcgi-app/sessions/session_errors.hpp"
#include "fcgi-app/sessions/session_run.hpp"

namespace runyard {
namespace {

constexpr std::size_t kMaxNameBytes = 200;

/// Whose work it is. A registered caller's own; else the user that the body names, who must be one
/// without a password: whoever has one signs in.
std::optional<std::int64_t> read_user(const ApiContext& context, ObjectReader& body,
                                      const Caller& caller, BodyErrors& errors) {
  const auto* value = body.member("user_id");
  if (!value || value->is_null()) {
    if (!caller.user_id) errors.add("user_id", "is required");
    return caller.user_id;
  }
  const auto* id = value->integer();
  if (!id)
    errors.add("user_id", "must be an integer");
  else if (caller.user_id ? *id != *caller.user_id : !required(context.sessions).may_be_named(*id))
    add_invalid(errors, "user_id");
  else
    return *id;
  return std::nullopt;
}

std::optional<StoredProblem> read_problem(const ApiContext& context, ObjectReader& body,
                                          BodyErrors& errors) {
  const auto* id = body.required_text("problem_id", TextRule{kMaxNameBytes, false, false});
  if (!id) return std::nullopt;
  auto problem =
      is_uuid(*id) ? required(context.problems).find(*id, false) : std::optional<StoredProblem>();
  if (!problem) add_invalid(errors, "problem_id");
  return problem;
}

/// What a solution in this language starts from: by the very name, else by the language's others.
std::string template_for(const StoredProblem& problem, const LanguageCatalog& catalog,
                         const std::string& name, const Language& language) {
  for (const auto& [key, code] : problem.code_template)
    if (key == name) return code;
  for (const auto& [key, code] : problem.code_template) {
    const auto* other = catalog.find(key);
    if (other && other->id == language.id) return code;
  }
  return {};
}

Response session_response(int status, const CodeSession& session, bool with_code) {
  json::Writer writer;
  writer.begin_object().member("session_id", session.id).member("status", session.status);
  if (with_code) writer.member("language", session.language).member("code", session.code);
  writer.end_object();
  auto response = json_response(status, writer.text());
  if (status == 201)
    response.headers.emplace_back("Location", std::string(kSessionsPath) + "/" + session.id);
  return response;
}

Response create(const ApiContext& context, const Request& request, const Caller& caller) {
  auto json = read_json(request);
  if (auto* refused = std::get_if<Response>(&json)) return std::move(*refused);
  BodyErrors errors;
  ObjectReader body(std::get<json::Value>(json), "", errors);
  CodeSession session;
  std::optional<StoredProblem> problem;
  const Language* language = nullptr;
  bool resume = false;
  if (body.is_object()) {
    session.user_id = read_user(context, body, caller, errors);
    problem = read_problem(context, body, errors);
    if (const auto* name = body.required_text("language", TextRule{kMaxNameBytes, false, false})) {
      session.language = *name;
      language = find_session_language(context, *name, errors);
    }
    resume = body.boolean("resume").value_or(false);
    body.refuse_unknown();
  }
  QueryReader(request, errors).refuse_unknown();
  if (!errors.empty()) return refusal(errors);

  session.owner = caller.owner;
  session.problem_id = problem->id;
  if (resume)
    if (const auto earlier = required(context.sessions).find_like(session))
      return session_response(200, *earlier, true);
  session.id = new_uuid7();
  session.code = template_for(*problem, context.catalog, session.language, *language);
  const auto added = required(context.sessions).insert(session);
  if (added == AddSession::kTooMany)
    return problem_response(409, "you have " + std::to_string(SessionStore::kMaxOfOwner) +
                                     " code sessions, which is the most: delete one first");
  if (added == AddSession::kGone) {
    add_invalid(errors, "problem_id");  // deleted since it was looked at
    return refusal(errors);
  }
  return session_response(201, session, false);
}

Response read_one(const ApiContext& context, const Request& request, const Caller& caller) {
  const auto& id = request.params.at(0);
  if (!is_uuid(id)) return no_such_session(id);
  if (auto refused = refuse_query(request)) return std::move(*refused);
  const auto session = required(context.sessions).find(id, caller.owner);
  if (!session) return no_such_session(id);
  json::Writer writer;
  writer.begin_object().member("session_id", session->id).member("status", session->status);
  writer.key("user_id");
  session->user_id ? writer.integer(*session->user_id) : writer.null();
  writer.key("problem_id");
  session->problem_id.empty() ? writer.null() : writer.string(session->problem_id);
  writer.member("language", session->language).member("code", session->code);
  writer.member("created_at", session->created_at).member("updated_at", session->updated_at);
  writer.end_object();
  return json_response(200, writer.text());
}

Response change(const ApiContext& context, const Request& request, const Caller& caller) {
  const auto& id = request.params.at(0);
  if (!is_uuid(id)) return no_such_session(id);
  auto json = read_json(request);
  if (auto* refused = std::get_if<Response>(&json)) return std::move(*refused);
  BodyErrors errors;
  ObjectReader body(std::get<json::Value>(json), "", errors);
  SessionChange change;
  if (const auto* name = body.text("language", TextRule{kMaxNameBytes, false, false})) {
    change.language = *name;
    find_session_language(context, *name, errors);
  }
  const TextRule rule{context.rules.max_code_bytes, false, false};
  const auto* code =
      body.member("language") ? body.text("code", rule) : body.required_text("code", rule);
  if (code) change.code = *code;
  body.refuse_unknown();
  QueryReader(request, errors).refuse_unknown();
  if (!errors.empty()) return refusal(errors);
  const auto session = required(context.sessions).change(id, caller.owner, change);
  return session ? session_response(200, *session, false) : no_such_session(id);
}

Response remove(const ApiContext& context, const Request& request, const Caller& caller) {
  const auto& id = request.params.at(0);
  if (!is_uuid(id)) return no_such_session(id);
  if (auto refused = refuse_extras(request)) return std::move(*refused);
  if (!required(context.sessions).remove(id, caller.owner)) return no_such_session(id);
  Response response;
  response.status = 204;
  return response;
}

}  // namespace

Response no_such_session(const std::string& id) {
  return problem_response(
      404, "No query results for model [App\\Models\\CodeSession] " + shorten(canonical_id(id)));
}

const Language* find_session_language(const ApiContext& context, const std::string& name,
                                      BodyErrors& errors) {
  const auto* language = context.catalog.find(name);
  if (!language) {
    const auto nearest = context.catalog.nearest(name);
    add_invalid(errors, "language",
                in_quotes(name) + " is not a known language" +
                    (nearest.empty() ? "" : "; near are " + name_list(nearest)));
  } else if (!context.fleet.view()->can_run(*language)) {
    add_invalid(errors, "language", in_quotes(name) + " is not available: no worker has its image");
  }
  return language;
}

void add_session_routes(Router& router, const ApiContext& context) {
  const std::string path = kSessionsPath;
  router.add("POST", path, with_session_errors(for_caller(context, Scope::kSubmit, create)));
  router.add("GET", path + "/{id}",
             with_session_errors(for_caller(context, Scope::kRead, read_one)));
  router.add("PATCH", path + "/{id}",
             with_session_errors(for_caller(context, Scope::kSubmit, change)));
  router.add("DELETE", path + "/{id}",
             with_session_errors(for_caller(context, Scope::kSubmit, remove)));
  router.add("POST", path + "/{id}/run",
             with_session_errors(for_caller(context, Scope::kSubmit, run_session)));
}

}  // namespace runyard
