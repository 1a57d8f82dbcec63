// Execute (API.md 2.5): POST /execute, GET /languages. GET /health is the native one.
#include <algorithm>

#include "core/text.hpp"
#include "fcgi-app/compat/compat.hpp"

namespace runyard {
namespace {

using namespace compat;

constexpr Allowance kAllowance{300};

/// Everything in its order of arrival, then what is to be said about the end.
std::string shown_output(const Execution& execution) {
  const auto& result = *execution.result;
  const bool ran = !result.compile || result.compile->status == Status::kCompleted;
  auto output = ran ? to_utf8(merged_output(result)) : error_text(result);
  const auto said = explanation(execution, kAllowance.seconds);
  if (said.empty()) return output;
  if (!output.empty() && output.back() != '\n') output += '\n';
  return output + said + '\n';
}

Response executed(const Execution& execution) {
  const auto& result = *execution.result;
  json::Writer writer;
  writer.begin_object()
      .member("executionId", execution.id)
      .member("status", result.status == Status::kCompleted ? "success" : "error")
      .member("output", text_within(shown_output(execution), kMaxAnswerBytes - 1024))
      .member("exitCode", compat::exit_code(result))
      .end_object();
  auto response = json_response(200, writer.text());
  response.execution_id = execution.id;
  return response;
}

/// 429 when the address has asked too often.
std::optional<Response> refuse_too_many(const ApiContext& context, const Request& request) {
  if (!context.older->count_execute) return std::nullopt;
  const auto wait = context.older->count_execute(request.remote_addr);
  if (!wait) return std::nullopt;
  const int seconds = std::max(1, static_cast<int>(wait->count()));
  return refused(Refused{Problem{429, "Too many requests, please try again later", {}}, seconds},
                 write_error);
}

Response execute(const ApiContext& context, const Request& request, const Caller& caller) {
  if (auto no = refuse_too_many(context, request)) return std::move(*no);
  const auto body = parse_json_body(request);
  if (const auto* problem = std::get_if<Problem>(&body)) {
    // That server saw no fields in a body of another type.
    if (problem->status == 415) return error_response(400, "Language and code are required");
    return write_error(*problem);
  }
  const auto& value = std::get<json::Value>(body);
  if (is_missing(value, "language") || is_missing(value, "code"))
    return error_response(400, "Language and code are required");
  auto parsed = parse_execute(context, caller, value);
  // The one 500 for what a client sent: its document says so.
  const auto unknown = unknown_language(context, value, "language");
  if (unknown && parsed.errors.fields().size() == 1)
    return error_response(500, "Unsupported language: " + *unknown);
  if (!parsed.errors.empty())
    return write_error(Problem{400, "some fields are wrong", parsed.errors.fields()});

  NewExecution execution;
  execution.owner = caller.owner;
  execution.origin = Origin::kExecute;
  execution.submission = std::move(parsed.submission);
  const auto answer = run(context, std::move(execution));
  if (const auto* no = std::get_if<Refused>(&answer)) return refused(*no, write_error);
  return executed(std::get<Execution>(answer));
}

Response languages(const ApiContext& context) {
  json::Writer writer;
  writer.begin_array();
  for (const auto& language : context.catalog.all()) writer.string(language.id);
  writer.end_array();
  return json_response(200, writer.text());
}

}  // namespace

namespace compat {

ParsedSubmission parse_execute(const ApiContext& context, const Caller& caller,
                               const json::Value& body, bool live) {
  auto parsed = parse_submission(context, caller, body,
                                 {{"language", "language"}, {"code", "code"}, {"input", "stdin"}},
                                 kAllowance);
  if (live) parsed.submission.live.emplace();
  return parsed;
}

}  // namespace compat

void add_execute_routes(Router& router, const ApiContext& context) {
  router.add("POST", "/execute",
             handler(context, Scope::kSubmit, write_error,
                     [context](const Request& request, const Caller& caller) {
                       return execute(context, request, caller);
                     }));
  router.add("GET", "/languages", [context](const Request&) { return languages(context); });
}

}  // namespace runyard
