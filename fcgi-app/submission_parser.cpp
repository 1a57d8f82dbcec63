#include "fcgi-app/submission_parser.hpp"

#include <algorithm>

#include "core/callback_url.hpp"
#include "core/ids.hpp"
#include "fcgi-app/problems/problem_submission.hpp"
#include "fcgi-app/submission_parts.hpp"

namespace runyard {
namespace {

constexpr std::size_t kMaxNameBytes = 200;  // of languages, labels and keys

bool is_variable_name(std::string_view name) {
  constexpr std::string_view kStart = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_";
  constexpr std::string_view kDigits = "0123456789";
  if (name.empty() || name.size() > 128 || kStart.find(name.front()) == std::string_view::npos)
    return false;
  return std::all_of(name.begin(), name.end(), [&](char c) {
    return kStart.find(c) != std::string_view::npos || kDigits.find(c) != std::string_view::npos;
  });
}

const Language* read_language(ObjectReader& body, const ParseContext& context,
                              Submission& submission) {
  const auto* version = body.text("version", TextRule{kMaxNameBytes, false, false});
  const auto* name = body.required_text("language", TextRule{kMaxNameBytes, false, false});
  const auto* language =
      name ? find_language(*name, "language", context, version ? *version : "") : nullptr;
  if (!language) return nullptr;
  submission.asked_language = *name;
  submission.language = language->id;
  submission.version = language->version;
  return language;
}

void read_environment(ObjectReader& body, const ParseContext& context, Submission& submission) {
  constexpr std::size_t kMaxVariables = 100;
  const auto* value = body.member("env");
  if (!value) return;
  const auto* variables = value->object();
  if (!variables) return context.errors.add("env", "must be an object of texts");
  if (variables->size() > kMaxVariables)
    return context.errors.add("env", "holds " + std::to_string(variables->size()) +
                                         " variables; at most 100 are allowed");
  std::size_t total = 0;
  for (const auto& [name, text] : *variables) {
    if (!is_variable_name(name)) {
      context.errors.add("env", in_quotes(name) +
                                    " is not a name of 1 to 128 letters, digits and " +
                                    "underscores that does not begin with a digit");
      continue;
    }
    if (!check_text(text, "env." + name, TextRule{kMaxArgumentBytes}, context.errors)) continue;
    submission.env.emplace_back(name, *text.string());
    total += name.size() + text.string()->size();
  }
  if (total > kMaxArgumentBytes)
    context.errors.add("env", "is " + std::to_string(total) + " bytes long in all; at most " +
                                  std::to_string(kMaxArgumentBytes) + " are allowed");
}

void read_compile_args(ObjectReader& body, const Language* language, const ParseContext& context,
                       Submission& submission) {
  constexpr std::size_t kMaxCompileArgs = 64;
  const auto args = body.texts("compile_args", kMaxCompileArgs, 4096);
  if (!language) return;
  if (!args.empty() && !language->compile)
    return context.errors.add("compile_args",
                              in_quotes(language->id) + " is not compiled, so it takes none");
  for (std::size_t i = 0; i < args.size(); ++i) {
    const auto& allowed = language->compile->allowed_args;
    if (std::find(allowed.begin(), allowed.end(), args[i]) != allowed.end()) continue;
    context.errors.add("compile_args[" + std::to_string(i) + "]",
                       allowed.empty()
                           ? in_quotes(language->id) + " allows no compile_args"
                           : in_quotes(args[i]) + " is not allowed; " + in_quotes(language->id) +
                                 " allows " + name_list(allowed));
  }
  submission.compile_args = args;
}

void read_limits(ObjectReader& body, const Language* language, const ParseContext& context,
                 const StoredProblem* problem, Submission& submission) {
  Limits maximum;
  for (const auto& field : kLimitFields) {
    auto& most = maximum.*field.member;
    most = language ? std::min(language->maximum_limits.*field.member, field.server_maximum)
                    : field.server_maximum;
    // Who types must think. A language that allows less than the server keeps its own maximum.
    if (context.rules.live && field.member == &Limits::wall_ms && most == field.server_maximum)
      most = kMaxLiveWallMs;
  }
  if (language) submission.limits = language->default_limits;
  const auto& rules = context.rules;
  maximum.total_ms = submission.limits.total_ms = rules.total_ms;
  if (problem) {
    apply_limits(*problem, submission.limits, maximum);
    if (const auto total = problem->total_limit_ms)
      maximum.total_ms = submission.limits.total_ms = std::min(*total, rules.problem_total_ms);
  }
  const auto* value = body.member("limits");
  if (!value) return;
  ObjectReader limits(*value, "limits.", context.errors);
  for (const auto& field : kLimitFields)
    if (const auto number = limits.integer(field.name, field.minimum, maximum.*field.member))
      submission.limits.*field.member = *number;
  if (const auto number = limits.integer("total_ms", 1, maximum.total_ms))
    submission.limits.total_ms = *number;
  limits.refuse_unknown();
}

/// The problem that the submission answers; nullopt without one and for a wrong id.
std::optional<StoredProblem> read_problem(ObjectReader& body, const FindProblem& find_problem,
                                          ParsedSubmission& parsed) {
  if (!body.member("problem_id")) return std::nullopt;
  const auto* id = body.text("problem_id", TextRule{kMaxNameBytes});
  if (!id) return std::nullopt;
  std::optional<StoredProblem> problem;
  if (!is_uuid(*id))
    parsed.errors.add("problem_id", "must be a UUID");
  else if (problem = find_problem ? find_problem(*id) : std::nullopt; !problem)
    parsed.errors.add("problem_id", "there is no such problem");
  if (problem) parsed.problem_id = problem->id;
  return problem;
}

void read_project(ObjectReader& body, const ParseContext& context, Submission& submission) {
  const auto* value = body.member("project_id");
  if (!value) return;
  if (const auto* number = value->integer()) {
    submission.project_id = std::to_string(*number);
  } else if (!value->string()) {
    context.errors.add("project_id", "must be a text or an integer");
  } else if (const auto* text = body.text("project_id", TextRule{kMaxNameBytes})) {
    submission.project_id = *text;
  }
}

void read_scheduling(ObjectReader& body, Submission& submission) {
  if (const auto* name = body.choice("isolation", {"reuse", "fresh"}))
    submission.isolation = *isolation_from(*name);
  if (const auto* key = body.text("isolation_key", TextRule{kMaxNameBytes}))
    submission.isolation_key = *key;
  if (const auto* name = body.choice("priority", {"high", "normal", "low"}))
    submission.priority = *priority_from(*name);
}

}  // namespace

std::string read_callback_url(ObjectReader& body, BodyErrors& errors) {
  const auto* text = body.text("callback_url", TextRule{kMaxCallbackUrlBytes, false, false});
  if (!text) return {};
  auto parsed = parse_callback_url(*text);
  if (auto* rule = std::get_if<std::string>(&parsed)) {
    errors.add("callback_url", std::move(*rule));
    return {};
  }
  return std::get<CallbackUrl>(parsed).text;
}

const Language* find_language(const std::string& name, const std::string& field,
                              const ParseContext& context, std::string_view version) {
  const auto* named = context.catalog.find(name);
  if (!named) {
    const auto nearest = context.catalog.nearest(name);
    context.errors.add(field, in_quotes(name) + " is not a known language" +
                                  (nearest.empty() ? "" : "; near are " + name_list(nearest)));
    return nullptr;
  }
  const auto* language = context.catalog.find(name, version);
  if (!language) {
    std::vector<std::string> versions;
    for (const auto* one : context.catalog.versions(named->id)) versions.push_back(one->version);
    context.errors.add("version", "is not here: " + in_quotes(named->id) +
                                      (versions.size() == 1 ? " has version " : " has versions ") +
                                      name_list(versions));
    return named;  // what else is wrong is said as well
  }
  if (context.is_available && !context.is_available(*language)) {
    const std::string version_too =
        language->is_default ? "" : " in version " + in_quotes(language->version);
    context.errors.add_unavailable(field, in_quotes(language->id) + version_too +
                                              " is not available: no worker has its image");
  }
  return language;
}

ParsedSubmission parse_submission(const json::Value& value, const LanguageCatalog& catalog,
                                  const IsAvailable& is_available, const SubmissionRules& rules,
                                  const FindProblem& find_problem) {
  ParsedSubmission parsed;
  auto& submission = parsed.submission;
  const ParseContext context{catalog, is_available, rules, parsed.errors};
  ObjectReader body(value, "", parsed.errors);
  if (!body.is_object()) return parsed;

  const auto* language = read_language(body, context, submission);
  const auto found = read_problem(body, find_problem, parsed);
  const auto* problem = found ? &*found : nullptr;
  read_sources(body, language, context, submission);
  if (const auto* input = body.text("stdin", TextRule{rules.max_stdin_bytes, true}))
    submission.stdin_data = *input;
  submission.args = body.texts("args", kMaxArguments, kMaxArgumentBytes);
  read_environment(body, context, submission);
  read_compile_args(body, language, context, submission);
  read_limits(body, language, context, problem, submission);
  if (rules.live)
    read_live(body, context, problem, submission);
  else
    read_tests(body, context, problem, submission);
  read_artifacts(body, context, submission);
  read_project(body, context, submission);
  read_scheduling(body, submission);
  if (const auto kept = body.boolean("save_history")) parsed.listed = *kept;
  parsed.callback_url = read_callback_url(body, parsed.errors);
  body.refuse_unknown();
  return parsed;
}

}  // namespace runyard
