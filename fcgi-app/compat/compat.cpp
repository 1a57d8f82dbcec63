#include "fcgi-app/compat/compat.hpp"

#include <algorithm>

#include "core/errors.hpp"
#include "core/ids.hpp"
#include "core/log.hpp"
#include "core/text.hpp"
#include "fcgi-app/problems/problem_submission.hpp"

namespace runyard::compat {
namespace {

/// What a run may wait for a worker, beside its own time.
constexpr int kQueueSeconds = 20;

/// "stdin" in "stdin must be a text" is "input" to a client that knows it so.
std::string their_name(const std::string& field, std::initializer_list<FieldName> fields) {
  const auto end = std::min(field.find_first_of(".["), field.size());
  for (const auto& name : fields)
    if (std::string_view(field).substr(0, end) == name.native)
      return name.theirs + field.substr(end);
  return field;
}

void allow(const ApiContext& context, const Allowance& allowance, ParsedSubmission& parsed) {
  auto& limits = parsed.submission.limits;
  const auto milliseconds = std::int64_t{1000} * allowance.seconds;
  if (!parsed.problem_id.empty()) {
    limits.wall_ms = std::min(limits.wall_ms, milliseconds);
    limits.cpu_ms = std::min(limits.cpu_ms, milliseconds);
    return;
  }
  limits.wall_ms = limits.cpu_ms = milliseconds;
  const auto* language =
      context.catalog.find(parsed.submission.language, parsed.submission.version);
  const bool asks_more = language && language->default_limits.memory_kb > Limits{}.memory_kb;
  if (allowance.memory_kb > 0 && !asks_more) limits.memory_kb = allowance.memory_kb;
}

bool timed_out(const Result& result) {
  return result.reason == Reason::kWallTime || result.reason == Reason::kCpuTime;
}

}  // namespace

Response error_response(int status, std::string_view text) {
  json::Writer writer;
  writer.begin_object().member("error", text).end_object();
  return json_response(status, writer.text());
}

std::string one_line(const Problem& problem) {
  if (problem.errors.empty()) return problem.detail;
  std::string text;
  const auto shown = std::min(problem.errors.size(), kMaxReportedErrors);
  for (std::size_t i = 0; i < shown; ++i) {
    if (i > 0) text += "; ";
    text += problem.errors[i].field + " " + problem.errors[i].message;
  }
  return text;
}

Response write_error(const Problem& problem) {
  return error_response(problem.status, one_line(problem));
}

Router::Handler handler(const ApiContext& context, Scope scope, ErrorWriter write,
                        std::function<Response(const Request&, const Caller&)> handle) {
  return [&authenticator = context.authenticator, scope, write,
          handle = std::move(handle)](const Request& request) {
    try {
      const auto identity = authenticator.identify(request);
      if (const auto* problem = std::get_if<Problem>(&identity)) {
        auto response = write(*problem);
        if (problem->status == 401) response.headers.emplace_back("WWW-Authenticate", "Bearer");
        return response;
      }
      const auto& caller = std::get<Caller>(identity);
      if (!caller.scopes.has(scope))
        return write(Problem{403, "this key has not the scope that the route asks for", {}});
      return handle(request, caller);
    } catch (const AnswersFull& error) {
      return refused(Refused{Problem{503, error.what(), {}}, 1}, write);
    } catch (const DatabaseUnavailable& error) {
      log::warn("database away", {{"request", request.request_id}, {"error", error.what()}});
      return refused(
          Refused{Problem{503, "the database is away; nothing was lost, try again", {}}, 2}, write);
    }
  };
}

ParsedSubmission parse_submission(const ApiContext& context, const Caller& caller,
                                  const json::Value& body, std::initializer_list<FieldName> fields,
                                  const Allowance& allowance) {
  json::Object native;
  for (const auto& name : fields) {
    const auto* value = body.find(name.theirs);
    if (!value || value->is_null()) continue;
    if (name.empty_is_absent && value->string() && value->string()->empty()) continue;
    native.emplace_back(name.native, *value);
  }
  const auto view = context.fleet.view();
  auto parsed = runyard::parse_submission(
      json::Value(std::move(native)), context.catalog,
      [&view](const Language& language) { return view->can_run(language); }, context.rules,
      problem_finder(context, caller.owner));
  for (auto& error : parsed.errors.fields()) {
    // None of them takes several files.
    if (error.field == "code" && error.message.rfind("is required", 0) == 0)
      error.message = "is required";
    error.field = their_name(error.field, fields);
  }
  allow(context, allowance, parsed);
  return parsed;
}

bool is_missing(const json::Value& body, std::string_view name) {
  const auto* value = body.find(name);
  return !value || value->is_null() || (value->string() && value->string()->empty());
}

std::optional<std::string> unknown_language(const ApiContext& context, const json::Value& body,
                                            std::string_view name) {
  constexpr std::size_t kMaxNameBytes = 200;
  const auto* value = body.find(name);
  if (!value || !value->string()) return std::nullopt;
  const auto& text = *value->string();
  const bool could_be = text.size() <= kMaxNameBytes && text.find('\0') == std::string::npos;
  if (!could_be || context.catalog.find(text)) return std::nullopt;
  return text;
}

std::variant<Execution, Refused> run(const ApiContext& context, NewExecution execution) {
  const auto& limits = execution.submission.limits;
  const auto seconds = (limits.wall_ms + limits.compile_wall_ms) / 1000 + kQueueSeconds;
  const auto owner = execution.owner;
  auto answer = submit_and_wait(context, std::move(execution), static_cast<int>(seconds));
  if (auto* no = std::get_if<Refused>(&answer)) return std::move(*no);
  auto& accepted = std::get<Accepted>(answer);
  if (accepted.execution && is_terminal(accepted.execution->status))
    return std::move(*accepted.execution);
  context.executions.cancel(accepted.id, owner);
  return Refused{
      Problem{503, "the server is busy: the program did not get its turn; try again", {}}, 5};
}

Response refused(const Refused& refused, ErrorWriter write) {
  auto response = write(refused.problem);
  if (refused.retry_after_s > 0)
    response.headers.emplace_back("Retry-After", std::to_string(refused.retry_after_s));
  return response;
}

std::optional<Execution> find(const ApiContext& context, const std::string& id,
                              const Caller& caller, Origin origin) {
  if (!is_uuid(id)) return std::nullopt;
  auto execution = context.executions.find(id, caller.owner);
  if (!execution || execution->origin != origin) return std::nullopt;
  return execution;
}

std::string explanation(const Execution& execution, int seconds) {
  const auto& result = *execution.result;
  if (timed_out(result)) return "Execution timed out after " + std::to_string(seconds) + " seconds";
  if (result.reason == Reason::kCompileError && !error_text(result).empty()) return {};
  if (result.reason == Reason::kRuntimeError && result.exit_code && result.tests.empty()) return {};
  return to_utf8(result.message);
}

std::string error_text(const Result& result) {
  if (result.compile && result.compile->status != Status::kCompleted)
    return to_utf8(result.compile->output + result.compile->errors);
  return to_utf8(result.errors);
}

std::string explained_errors(const Execution& execution, int seconds) {
  auto text = explanation(execution, seconds);
  const auto errors = error_text(*execution.result);
  if (!text.empty() && !errors.empty()) text += '\n';
  return text + errors;
}

int exit_code(const Result& result) {
  if (result.status == Status::kCompleted) return result.exit_code.value_or(0);
  if (result.status == Status::kTimeout) return 124;
  if (result.signal) return 128 + *result.signal;
  int code = result.exit_code.value_or(0);
  if (code == 0 && result.compile) code = result.compile->exit_code.value_or(0);
  return code == 0 ? 1 : code;
}

std::string_view first_bytes(std::string_view text, std::size_t bytes) {
  if (text.size() <= bytes) return text;
  while (bytes > 0 && (static_cast<unsigned char>(text[bytes]) & 0xc0) == 0x80) --bytes;
  return text.substr(0, bytes);
}

std::string_view trim_end(std::string_view text) {
  const auto last = text.find_last_not_of(" \t\r\n\v\f");
  return text.substr(0, last == std::string_view::npos ? 0 : last + 1);
}

}  // namespace runyard::compat
