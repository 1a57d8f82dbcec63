#include "fcgi-app/sessions/session_run.hpp"

#include <algorithm>
#include <utility>

#include "core/ids.hpp"
#include "fcgi-app/request_reading.hpp"
#include "fcgi-app/routes.hpp"
#include "fcgi-app/sessions/session_execution.hpp"
#include "fcgi-app/submitting.hpp"

namespace runyard {
namespace {

struct RunBody {
  std::optional<std::string> code;  ///< nullopt for the session's own
  std::string callback_url;         ///< empty: none
};

/// A body may be left out.
std::variant<RunBody, Response> read_run(const ApiContext& context, const Request& request) {
  BodyErrors errors;
  RunBody run;
  if (!request.body.empty() || request.body_too_large) {
    auto json = read_json(request);
    if (auto* refused = std::get_if<Response>(&json)) return std::move(*refused);
    ObjectReader body(std::get<json::Value>(json), "", errors);
    if (const auto* text = body.text("code", TextRule{context.rules.max_code_bytes, false, false}))
      run.code = *text;
    run.callback_url = read_callback_url(body, errors);
    body.refuse_unknown();
  }
  QueryReader(request, errors).refuse_unknown();
  if (!errors.empty()) return refusal(errors);
  return run;
}

/// 409 with the execution that is not over.
Response active_response(const std::string& id, Status status) {
  json::Writer writer;
  writer.begin_object().member("execution_id", id).member("status", to_string(status));
  writer.member("message", "An execution of this session is already active.").end_object();
  return json_response(409, writer.text());
}

/// Hands the run that was let in to the queue, or takes it back.
Response submit_run(const ApiContext& context, const CodeSession& session, const Language& language,
                    const std::string& callback_url, const std::string& execution_id) {
  NewExecution execution;
  execution.id = execution_id;
  execution.owner = session.owner;
  execution.submission = session_submission(language, session.language, session.code);
  execution.origin = Origin::kSession;
  execution.session_id = session.id;
  execution.problem_id = session.problem_id;
  execution.callback_url = callback_url;
  const auto answer = submit_and_wait(context, std::move(execution), 0);
  if (const auto* refused = std::get_if<Refused>(&answer)) {
    required(context.sessions).forget_run(session.id, execution_id);
    return refused_response(*refused);
  }
  required(context.sessions).run_submitted(session.id, execution_id);
  json::Writer writer;
  writer.begin_object()
      .member("execution_id", execution_id)
      .member("status", "QUEUED")
      .end_object();
  auto response = json_response(202, writer.text());
  response.headers.emplace_back("Location", std::string(kExecutionsPath) + "/" + execution_id);
  response.execution_id = execution_id;
  return response;
}

/// Lets the run in and submits it, unless one is active or there were too many.
Response begin(const ApiContext& context, const CodeSession& session, const Language& language,
               const RunBody& run) {
  auto& sessions = required(context.sessions);
  const auto id = new_uuid7();
  for (int again = 0;; ++again) {
    auto outcome = sessions.begin_run(session.id, session.owner, id, run.code);
    if (auto* begun = std::get_if<RunBegun>(&outcome)) {
      begun->session.language = session.language;  // that was looked up
      return submit_run(context, begun->session, language, run.callback_url, id);
    }
    if (const auto* often = std::get_if<RunsTooOften>(&outcome))
      return refused_response(
          Refused{Problem{429, "Too Many Attempts: a session runs at most 10 times a minute.", {}},
                  std::max(1, often->retry_after_s)});
    const auto* active = std::get_if<RunActive>(&outcome);
    if (!active) return no_such_session(session.id);
    const auto execution = context.executions.find(active->execution_id, session.owner);
    // Let in a moment ago, it may not even be in the queue yet.
    const auto status = execution ? execution->status : Status::kQueued;
    if (!is_terminal(status) || again == 2) return active_response(active->execution_id, status);
    // Over since, or its process died before it could say that it was submitted.
    sessions.run_submitted(session.id, active->execution_id);
  }
}

}  // namespace

Response run_session(const ApiContext& context, const Request& request, const Caller& caller) {
  const auto& id = request.params.at(0);
  if (!is_uuid(id)) return no_such_session(id);
  const auto wanted = read_run(context, request);
  if (const auto* refused = std::get_if<Response>(&wanted)) return *refused;
  const auto& run = std::get<RunBody>(wanted);
  auto& sessions = required(context.sessions);
  const auto session = sessions.find(id, caller.owner);
  if (!session) return no_such_session(id);
  BodyErrors errors;
  if (!run.code && session->code.empty()) errors.add("code", "is required");
  const auto* language = find_session_language(context, session->language, errors);
  if (!errors.empty()) return refusal(errors);

  return begin(context, *session, *language, run);
}

}  // namespace runyard
