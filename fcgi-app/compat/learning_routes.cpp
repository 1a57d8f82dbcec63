// The learning platform (API.md 2.3): POST /api/v1/code/execute, GET and DELETE
// /api/v1/code/history, GET /api/v1/code/languages. Only for somebody who is signed in; its
// /auth/register and /auth/token are native routes.
#include <algorithm>
#include <charconv>
#include <filesystem>
#include <limits>

#include "core/ids.hpp"
#include "core/text.hpp"
#include "fcgi-app/compat/compat.hpp"

namespace runyard {
namespace {

using namespace compat;

constexpr Allowance kAllowance{30, 128 * kKib};
constexpr std::size_t kShownOutput = 10 * 1024;  ///< of output, and again of error
/// More is kept than is shown: a program that prints too much is not ended for it.
constexpr std::int64_t kKeptOutput = kMib;
constexpr std::size_t kMaxInputEcho = 200;  ///< of a wrong text in an error

/// FastAPI's {"detail": text}.
Response write_detail(const Problem& problem) {
  json::Writer writer;
  const bool unknown = problem.status == 401;
  writer.begin_object()
      .member("detail", unknown ? "Could not validate credentials" : one_line(problem))
      .end_object();
  return json_response(problem.status, writer.text());
}

Response no_such_entry() { return write_detail(Problem{404, "Execution not found", {}}); }

Response anonymous() {
  auto response = json_response(401, R"({"detail":"Not authenticated"})");
  response.headers.emplace_back("WWW-Authenticate", "Bearer");
  return response;
}

/// FastAPI's list of validation errors, collected.
class Mistakes final {
 public:
  Mistakes() { writer_.begin_object().key("detail").begin_array(); }

  void add(const char* type, const char* place, const std::string& field,
           const std::string& message, const json::Value* input) {
    empty_ = false;
    writer_.begin_object().member("type", type).key("loc").begin_array().string(place);
    if (!field.empty()) writer_.string(field);
    writer_.end_array().member("msg", message).key("input");
    const auto* text = input ? input->string() : nullptr;
    if (text)
      writer_.string(first_bytes(*text, kMaxInputEcho));
    else if (input && !input->object() && !input->array())
      writer_.value(*input);
    else
      writer_.null();
    writer_.end_object();
  }
  bool empty() const { return empty_; }
  Response response() {
    writer_.end_array().end_object();
    return json_response(422, writer_.text());
  }

 private:
  json::Writer writer_;
  bool empty_ = true;
};

/// Types as pydantic names them. What is of the right type is left to the native rules.
void check_types(const json::Value& body, Mistakes& mistakes) {
  if (!body.object())
    return mistakes.add("model_attributes_type", "body", "",
                        "Input should be a valid dictionary or object to extract fields from",
                        &body);
  for (const char* name : {"code", "language", "stdin"}) {
    const auto* value = body.find(name);
    const bool required = std::string_view(name) != "stdin";
    if (!value && required)
      mistakes.add("missing", "body", name, "Field required", nullptr);
    else if (value && !value->string() && (required || !value->is_null()))
      mistakes.add("string_type", "body", name, "Input should be a valid string", value);
  }
  const auto* project = body.find("project_id");
  if (project && !project->integer() && !project->is_null())
    mistakes.add("int_type", "body", "project_id", "Input should be a valid integer", project);
  const auto* saved = body.find("save_history");
  if (saved && !saved->boolean() && !saved->is_null())
    mistakes.add("bool_type", "body", "save_history", "Input should be a valid boolean", saved);
}

/// What the native rules say of it: lengths, bytes that no text may hold.
void add_native(const BodyErrors& errors, const json::Value& body, std::size_t max_code,
                Mistakes& mistakes) {
  for (const auto& error : errors.fields()) {
    const auto* value = body.find(error.field);
    const auto* text = value ? value->string() : nullptr;
    if (error.field == "code" && text && text->size() > max_code)
      mistakes.add("string_too_long", "body", "code",
                   "String should have at most " + std::to_string(max_code) + " characters", value);
    else
      mistakes.add("value_error", "body", error.field, "Value error, " + error.message, value);
  }
}

/// An outcome as this interface tells it.
void write_outcome(json::Writer& writer, const Execution& execution) {
  const auto& result = *execution.result;
  const bool late = result.reason == Reason::kWallTime || result.reason == Reason::kCpuTime;
  const bool timeout = result.status == Status::kTimeout;
  const auto errors = late ? explanation(execution, kAllowance.seconds)
                           : explained_errors(execution, kAllowance.seconds);
  writer.member("output", first_bytes(to_utf8(result.output), kShownOutput)).key("error");
  errors.empty() ? writer.null() : writer.string(first_bytes(errors, kShownOutput));
  writer.member("execution_time", static_cast<double>(result.wall_ms.value_or(0)) / 1000);
  writer.member("status", timeout                               ? "timeout"
                          : result.status == Status::kCompleted ? "success"
                                                                : "error");
  writer.member("exit_code", compat::exit_code(result));
}

Response unsupported(const std::string& error) {
  json::Writer writer;
  writer.begin_object().member("output", "").member("error", error).member("execution_time", 0.0);
  writer.member("status", "error").member("exit_code", 1).end_object();
  return json_response(200, writer.text());
}

Response execute(const ApiContext& context, const Request& request, const Caller& caller) {
  const auto parsed_body = parse_json_body(request);
  Mistakes mistakes;
  if (const auto* problem = std::get_if<Problem>(&parsed_body)) {
    if (problem->status == 413) return write_detail(*problem);
    mistakes.add("json_invalid", "body", "", "JSON decode error: " + problem->detail, nullptr);
    return mistakes.response();
  }
  const auto& body = std::get<json::Value>(parsed_body);
  check_types(body, mistakes);
  if (!mistakes.empty()) return mistakes.response();
  auto parsed = parse_submission(context, caller, body,
                                 {{"code", "code"},
                                  {"language", "language"},
                                  {"stdin", "stdin"},
                                  {"project_id", "project_id"}},
                                 kAllowance);
  const auto unknown = unknown_language(context, body, "language");
  const auto& errors = parsed.errors.fields();
  if (unknown && errors.size() == 1) return unsupported("Unsupported language: " + *unknown);
  if (errors.size() == 1 && errors.front().unavailable)
    return unsupported("Language not available: " + parsed.submission.asked_language);
  add_native(parsed.errors, body, context.rules.max_code_bytes, mistakes);
  if (!mistakes.empty()) return mistakes.response();

  NewExecution execution;
  execution.id = new_uuid7();
  execution.owner = caller.owner;
  execution.origin = Origin::kLearning;
  const auto* saved = body.find("save_history");
  execution.listed = !saved || !saved->boolean() || *saved->boolean();
  execution.submission = std::move(parsed.submission);
  execution.submission.limits.output_bytes = kKeptOutput;
  const auto id = execution.id;
  const bool listed = execution.listed;
  if (listed) context.older->store.add_history(caller.owner, id);
  const auto answer = run(context, std::move(execution));
  if (const auto* no = std::get_if<Refused>(&answer)) {
    if (listed) context.older->store.remove_history(caller.owner, id);
    return refused(*no, write_detail);
  }
  json::Writer writer;
  writer.begin_object();
  write_outcome(writer, std::get<Execution>(answer));
  writer.end_object();
  auto response = json_response(200, writer.text());
  response.execution_id = id;
  return response;
}

void write_number_or_null(json::Writer& writer, const char* name, const std::string& text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool is_number = !text.empty() && error == std::errc() && end == text.data() + text.size();
  writer.key(name);
  is_number ? writer.integer(number) : writer.null();
}

/// False, and nothing written, when it was deleted meanwhile.
bool write_entry(json::Writer& writer, const ApiContext& context, const Caller& caller,
                 const HistoryEntry& entry, std::size_t max_bytes) {
  // Both outputs together have 20 KiB, of which each byte may be written as six.
  const auto share = (max_bytes - std::min(max_bytes, 14 * kShownOutput)) / 2;
  const auto execution = context.executions.find(entry.execution_id, caller.owner);
  const auto submission = context.executions.find_submission(entry.execution_id, caller.owner);
  if (!execution || !execution->result || !submission) return false;
  writer.begin_object().member("id", entry.id).key("user_id");
  caller.user_id ? writer.integer(*caller.user_id) : writer.null();
  write_number_or_null(writer, "project_id", execution->project_id);
  writer.member("language", submission->asked_language);
  writer.member("code", text_within(submission->files.front().content, share));
  writer.member("stdin", text_within(submission->stdin_data, share));
  write_outcome(writer, *execution);
  writer.member("created_at", execution->created_at).end_object();
  return true;
}

/// An integer of the query within its bounds; else a mistake.
std::optional<std::int64_t> read_query(const Request& request, const char* name,
                                       std::int64_t minimum, std::int64_t maximum,
                                       Mistakes& mistakes) {
  const auto* text = request.parameter(name);
  if (!text) return std::nullopt;
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), number);
  const json::Value input(*text);
  if (text->empty() || error != std::errc() || end != text->data() + text->size())
    mistakes.add("int_parsing", "query", name,
                 "Input should be a valid integer, unable to parse string as an integer", &input);
  else if (number < minimum)
    mistakes.add("greater_than_equal", "query", name,
                 "Input should be greater than or equal to " + std::to_string(minimum), &input);
  else if (number > maximum)
    mistakes.add("less_than_equal", "query", name,
                 "Input should be less than or equal to " + std::to_string(maximum), &input);
  else
    return number;
  return std::nullopt;
}

Response history(const ApiContext& context, const Request& request, const Caller& caller) {
  constexpr std::int64_t kMaxLimit = 100;
  Mistakes mistakes;
  if (request.query_malformed)
    mistakes.add("value_error", "query", "",
                 "Value error, a broken %-escape, a NUL or bytes that are not UTF-8", nullptr);
  const auto project = read_query(request, "project_id", std::numeric_limits<std::int64_t>::min(),
                                  std::numeric_limits<std::int64_t>::max(), mistakes);
  const auto limit = read_query(request, "limit", 1, kMaxLimit, mistakes);
  if (!mistakes.empty()) return mistakes.response();
  const auto entries =
      context.older->store.history(caller.owner, project ? std::to_string(*project) : std::string(),
                                   static_cast<int>(limit.value_or(50)));
  json::Writer writer;
  writer.begin_array();
  const auto share = kMaxAnswerBytes / std::max<std::size_t>(1, entries.size());
  for (const auto& entry : entries) write_entry(writer, context, caller, entry, share - 1024);
  writer.end_array();
  return json_response(200, writer.take());
}

/// The entry of the path's number, when it is the caller's.
std::optional<HistoryEntry> entry_of(const ApiContext& context, const Request& request,
                                     const Caller& caller) {
  const auto& text = request.params.at(0);
  std::int64_t id = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return context.older->store.history_entry(caller.owner, id);
}

Response read_entry(const ApiContext& context, const Request& request, const Caller& caller) {
  const auto entry = entry_of(context, request, caller);
  json::Writer writer;
  if (!entry || !write_entry(writer, context, caller, *entry, kMaxAnswerBytes - 1024))
    return no_such_entry();
  return json_response(200, writer.text());
}

Response remove_entry(const ApiContext& context, const Request& request, const Caller& caller) {
  const auto entry = entry_of(context, request, caller);
  if (!entry) return no_such_entry();
  if (context.executions.remove(entry->execution_id, caller.owner) != DeleteOutcome::kDeleted)
    return no_such_entry();
  context.older->store.remove_history(caller.owner, entry->execution_id);
  return json_response(200, R"({"message":"Execution deleted successfully"})");
}

Response languages(const ApiContext& context) {
  json::Writer writer;
  writer.begin_array();
  for (const auto& language : context.catalog.all()) {
    writer.begin_object().member("name", language.id).member("display_name", language.name);
    writer.member("extension", std::filesystem::path(language.source).extension().string());
    writer.member("version", language.version).end_object();
  }
  writer.end_array();
  return json_response(200, writer.text());
}

}  // namespace

void add_learning_routes(Router& router, const ApiContext& context) {
  using Route = Response (*)(const ApiContext&, const Request&, const Caller&);
  const auto add = [&](const char* method, const char* path, Scope scope, Route route) {
    const auto known = handler(context, scope, write_detail,
                               [context, route](const Request& request, const Caller& caller) {
                                 // Nobody is somebody by an address alone.
                                 if (caller.owner.rfind("addr:", 0) == 0) return anonymous();
                                 return route(context, request, caller);
                               });
    router.add(method, path, [known](const Request& request) {
      const bool tries =
          request.header("authorization") || request.header("x-api-key") || !request.user.empty();
      return tries ? known(request) : anonymous();
    });
  };
  add("POST", "/api/v1/code/execute", Scope::kSubmit, execute);
  add("GET", "/api/v1/code/history", Scope::kRead, history);
  add("GET", "/api/v1/code/history/{id}", Scope::kRead, read_entry);
  add("DELETE", "/api/v1/code/history/{id}", Scope::kSubmit, remove_entry);
  router.add("GET", "/api/v1/code/languages",
             [context](const Request&) { return languages(context); });
}

}  // namespace runyard
