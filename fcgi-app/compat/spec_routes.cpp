// The spec engine (API.md 2.2): GET /v1/spec, POST /v1/exec, GET /v1/submissions,
// /v1/submissions/{id}, /v1/questions and /v1/questions/{id}.
#include <algorithm>
#include <map>

#include "core/ids.hpp"
#include "core/text.hpp"
#include "fcgi-app/compat/compat.hpp"

namespace runyard {
namespace {

using namespace compat;

constexpr int kNewest = 50;
/// Of an answer, for what clients and programs wrote; the rest are numbers and names.
constexpr std::size_t kMaxTexts = kMaxAnswerBytes - std::size_t{256} * 1024;

/// Its clients know some languages by other names than ours; both are accepted everywhere.
constexpr std::pair<const char*, const char*> kKeys[] = {{"python", "python3"},
                                                         {"javascript", "node"}};

std::string key_of(const Language& language) {
  for (const auto& [id, key] : kKeys)
    if (language.id == id) return key;
  return language.id;
}

/// The argument vector as one would type it into a shell.
std::string command_line(const std::vector<std::string>& argv) {
  constexpr std::string_view kPlain =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-+=./,:@%";
  std::string line;
  for (const auto& argument : argv) {
    if (!line.empty()) line += ' ';
    if (!argument.empty() && argument.find_first_not_of(kPlain) == std::string::npos) {
      line += argument;
      continue;
    }
    line += '"';
    for (const char c : argument) {
      if (c == '"' || c == '\\' || c == '$' || c == '`') line += '\\';
      line += c;
    }
    line += '"';
  }
  return line;
}

std::string command_of(const Language& language) {
  ArgvContext argv;
  argv.source = language.source;
  argv.sources = {language.source};
  argv.memory_kb = language.default_limits.memory_kb;
  const auto run = command_line(expand_argv(language.run_argv, argv));
  if (!language.compile) return run;
  argv.memory_kb = language.compile->memory_kb;
  return command_line(expand_argv(language.compile->argv, argv)) + " && " + run;
}

/// What an operator wrote in a spec file stands as it was written; ours in the same form.
void write_entry(json::Writer& writer, const Language& language) {
  const auto& written = language.spec_fields;
  const auto field = [&](const char* name, const std::string& ours) {
    const auto found = written.find(name);
    writer.member(name, to_utf8(found == written.end() ? ours : found->second));
  };
  writer.begin_object();
  field("image", "runyard/" + language.image + ":latest");
  field("entrypoint", "");
  field("filename", language.source);
  field("cmd", written.empty() ? command_of(language) : std::string());
  field("language", language.id);
  field("use", "");
  writer.end_object();
}

Response spec(const ApiContext& context) {
  std::map<std::string, const Language*> entries;  // sorted by key
  for (const auto& language : context.catalog.all()) entries.emplace(key_of(language), &language);
  json::Writer writer;
  writer.begin_object();
  for (const auto& [key, language] : entries) {
    write_entry(writer.key(key), *language);
  }
  writer.end_object();
  return json_response(200, writer.text());
}

Response exec(const ApiContext& context, const Request& request, const Caller& caller) {
  // That server read the body whatever it was called.
  const auto body = parse_json_body(request, true);
  if (const auto* problem = std::get_if<Problem>(&body))
    return problem->status == 400 ? error_response(400, "Invalid JSON") : write_error(*problem);
  const auto& value = std::get<json::Value>(body);
  if (!value.object()) return error_response(400, "Invalid JSON");
  auto parsed = parse_submission(context, caller, value,
                                 {{"language", "language"},
                                  {"code", "code"},
                                  {"arguments", "args"},
                                  {"environment", "env"},
                                  {"question_id", "problem_id", true}},
                                 {context.older->spec_timeout_s, context.older->spec_memory_kb});
  const auto& errors = parsed.errors.fields();
  const bool no_question = std::any_of(
      errors.begin(), errors.end(), [](const auto& error) { return error.field == "question_id"; });
  if (no_question && value.find("question_id")->string())
    return error_response(404, "Question not found");
  if (!parsed.errors.empty())
    return write_error(Problem{400, "some fields are wrong", parsed.errors.fields()});

  NewExecution execution;
  execution.owner = caller.owner;
  execution.origin = Origin::kSpec;
  execution.submission = std::move(parsed.submission);
  execution.problem_id = std::move(parsed.problem_id);
  const auto answer = submit_and_wait(context, std::move(execution), 0);
  if (const auto* no = std::get_if<Refused>(&answer)) return refused(*no, write_error);
  const auto& id = std::get<Accepted>(answer).id;
  json::Writer writer;
  writer.begin_object().member("submission_id", id).member("status", "PENDING").end_object();
  auto response = json_response(200, writer.text());
  response.execution_id = id;
  return response;
}

const char* status_of(const Execution& execution) {
  switch (execution.status) {
    case Status::kQueued:
      return "PENDING";
    case Status::kRunning:
      return "PROCESSING";
    case Status::kCompleted:
      return "SUCCESS";
    case Status::kTimeout:
      return "TIMEOUT";
    default:
      return execution.result->reason == Reason::kWrongAnswer ? "FAILURE" : "ERROR";
  }
}

/// At most `max_bytes` of code and outputs together, as they are written.
void write_submission(json::Writer& writer, const Execution& execution,
                      const Submission& submission, std::size_t max_bytes) {
  const auto share = max_bytes / 3;
  const bool over = execution.result.has_value();
  const Result result = execution.result.value_or(Result{});
  const auto seconds = static_cast<int>(submission.limits.wall_ms / 1000);
  const auto passed = std::count_if(result.tests.begin(), result.tests.end(), [](const auto& test) {
    return test.status == Status::kCompleted && !test.skipped;
  });
  writer.begin_object().member("id", execution.id);
  writer.member("language", submission.asked_language);
  writer.member("code", text_within(submission.files.front().content, share));
  writer.member("status", status_of(execution));
  writer.member("stdout", text_within(result.output, share));
  writer.member("stderr",
                over ? text_within(explained_errors(execution, seconds), share) : std::string());
  writer.member("exec_time_ms", result.wall_ms.value_or(0));
  writer.member("question_id", execution.problem_id);
  writer.member("passed_count", static_cast<std::int64_t>(passed));
  writer.member("total_count", static_cast<std::int64_t>(submission.tests.size()));
  writer.member("memory_used", result.memory_kb.value_or(0));
  writer.member("created_at", execution.created_at).end_object();
}

Response submission(const ApiContext& context, const Request& request, const Caller& caller) {
  const auto execution = find(context, request.params.at(0), caller, Origin::kSpec);
  const auto asked = execution ? context.executions.find_submission(execution->id, caller.owner)
                               : std::optional<Submission>();
  if (!asked) return error_response(404, "Not found");
  json::Writer writer;
  write_submission(writer, *execution, *asked, kMaxTexts);
  auto response = json_response(200, writer.take());
  response.execution_id = execution->id;
  return response;
}

Response submissions(const ApiContext& context, const Request& /*request*/, const Caller& caller) {
  json::Writer writer;
  writer.begin_array();
  for (const auto& id : context.older->store.newest_spec(caller.owner, kNewest)) {
    const auto execution = context.executions.find(id, caller.owner);
    const auto asked = context.executions.find_submission(id, caller.owner);
    if (execution && asked)
      write_submission(writer, *execution, *asked, kMaxTexts / static_cast<std::size_t>(kNewest));
  }
  writer.end_array();
  return json_response(200, writer.take());
}

/// A problem. Hidden tests are nobody's here, not even their author's: this interface is for those
/// who answer.
void write_question(json::Writer& writer, const StoredProblem& problem) {
  writer.begin_object().member("id", problem.id).member("title", problem.title);
  writer.member("description", problem.description).key("code_template").begin_object();
  for (const auto& [language, code] : problem.code_template) writer.member(language, code);
  writer.end_object();
  writer.member("time_limit", static_cast<double>(problem.time_limit_ms) / 1000);
  writer.member("total_count", problem.test_count).key("tests").begin_array();
  for (const auto& test : problem.tests) {
    if (test.hidden) continue;
    writer.begin_object().member("name", test.name).member("stdin", to_utf8(test.stdin_data));
    writer.member("expected_output", to_utf8(test.expected_output.value_or(""))).end_object();
  }
  writer.end_array().member("created_at", problem.created_at).end_object();
}

Response question(const ApiContext& context, const Request& request, const Caller& /*caller*/) {
  const auto& id = request.params.at(0);
  const auto problem =
      is_uuid(id) ? required(context.problems).find(id) : std::optional<StoredProblem>();
  if (!problem) return error_response(404, "Not found");
  json::Writer writer;
  write_question(writer, *problem);
  return json_response(200, writer.text());
}

/// The newest, without what may be large: that is read with the question itself.
Response questions(const ApiContext& context, const Request& /*request*/,
                   const Caller& /*caller*/) {
  ProblemFilter filter;
  filter.limit = kNewest;
  json::Writer writer;
  writer.begin_array();
  for (const auto& problem : required(context.problems).list(filter)) {
    writer.begin_object().member("id", problem.id).member("title", problem.title);
    writer.member("time_limit", static_cast<double>(problem.time_limit_ms) / 1000);
    writer.member("total_count", problem.test_count).member("created_at", problem.created_at);
    writer.end_object();
  }
  writer.end_array();
  return json_response(200, writer.text());
}

}  // namespace

void add_spec_routes(Router& router, const ApiContext& context) {
  using Route = Response (*)(const ApiContext&, const Request&, const Caller&);
  const auto add = [&](const char* method, const char* path, Scope scope, Route route) {
    router.add(method, path,
               handler(context, scope, write_error,
                       [context, route](const Request& request, const Caller& caller) {
                         return route(context, request, caller);
                       }));
  };
  router.add("GET", "/v1/spec", [context](const Request&) { return spec(context); });
  add("POST", "/v1/exec", Scope::kSubmit, exec);
  add("GET", "/v1/submissions", Scope::kRead, submissions);
  add("GET", "/v1/submissions/{id}", Scope::kRead, submission);
  add("GET", "/v1/questions", Scope::kRead, questions);
  add("GET", "/v1/questions/{id}", Scope::kRead, question);
}

}  // namespace runyard
