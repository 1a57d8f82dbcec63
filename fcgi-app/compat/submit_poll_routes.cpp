// Submit and poll (API.md 2.4): POST /api/submit, GET /api/result/{id}.
#include "core/text.hpp"
#include "fcgi-app/compat/compat.hpp"
#include "fcgi-app/routes.hpp"

namespace runyard {
namespace {

using namespace compat;

constexpr Allowance kAllowance{10};

Response not_found() { return error_response(404, "Code submission not found"); }

Response submit(const ApiContext& context, const Request& request, const Caller& caller) {
  const auto body = parse_json_body(request);
  if (const auto* problem = std::get_if<Problem>(&body)) {
    // That server saw no fields in a body of another type.
    if (problem->status == 415) return error_response(400, "Code and language are required");
    return write_error(*problem);
  }
  const auto& value = std::get<json::Value>(body);
  if (is_missing(value, "code") || is_missing(value, "lang"))
    return error_response(400, "Code and language are required");
  auto parsed =
      parse_submission(context, caller, value,
                       {{"code", "code"}, {"lang", "language"}, {"stdInput", "stdin"}}, kAllowance);
  if (!parsed.errors.empty())
    return write_error(Problem{400, "some fields are wrong", parsed.errors.fields()});

  NewExecution execution;
  execution.owner = caller.owner;
  execution.origin = Origin::kSubmit;
  execution.submission = std::move(parsed.submission);
  const auto answer = submit_and_wait(context, std::move(execution), 0);
  if (const auto* no = std::get_if<Refused>(&answer)) return refused(*no, write_error);
  const auto& id = std::get<Accepted>(answer).id;
  json::Writer writer;
  writer.begin_object()
      .member("message", "Code submission queued successfully")
      .member("codeSubmissionId", id)
      .end_object();
  auto response = json_response(201, writer.text());
  response.execution_id = id;
  return response;
}

/// What was submitted and what came of it.
Response completed(const Execution& execution, const Submission& submission) {
  constexpr std::size_t kShare = (kMaxAnswerBytes - std::size_t{64} * 1024) / 4;
  const auto output = text_within(execution.result->output, kShare);
  const auto errors = text_within(explained_errors(execution, kAllowance.seconds), kShare);
  json::Writer writer;
  writer.begin_object()
      .member("code", text_within(submission.files.front().content, kShare))
      .member("lang", submission.asked_language)
      .member("stdInput", text_within(submission.stdin_data, kShare))
      .member("stdOutput", trim_end(output))
      .member("stdError", trim_end(errors))
      .member("status", "completed")
      .end_object();
  return json_response(200, writer.take());
}

Response read_result(const ApiContext& context, const Request& request, const Caller& caller) {
  BodyErrors errors;
  QueryReader query(request, errors);
  const auto wish = read_wait(request, query, context.max_wait_s);
  auto execution = find(context, request.params.at(0), caller, Origin::kSubmit);
  if (!execution) return not_found();
  if (!errors.empty()) return write_error(Problem{400, "", errors.fields()});
  if (!is_terminal(execution->status) && wish.seconds > 0) {
    const auto deadline = Waiters::Clock::now() + std::chrono::seconds(wish.seconds);
    Waiters::Place place(context.waiters, execution->id, caller.owner);
    if (place) {
      context.executions.watch(execution->id);
      execution = wait_for_end(context, place, execution->id, caller.owner, deadline, true);
      if (!execution) return not_found();
    }
  }
  if (!is_terminal(execution->status))
    return json_response(200, R"({"message":"Code execution is still pending"})");
  const auto submission = context.executions.find_submission(execution->id, caller.owner);
  if (!submission) return not_found();
  auto response = completed(*execution, *submission);
  response.execution_id = execution->id;
  return response;
}

}  // namespace

void add_submit_poll_routes(Router& router, const ApiContext& context) {
  router.add("POST", "/api/submit",
             handler(context, Scope::kSubmit, write_error,
                     [context](const Request& request, const Caller& caller) {
                       return submit(context, request, caller);
                     }));
  router.add("GET", "/api/result/{id}",
             handler(context, Scope::kRead, write_error,
                     [context](const Request& request, const Caller& caller) {
                       return read_result(context, request, caller);
                     }));
}

}  // namespace runyard
