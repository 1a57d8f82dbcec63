#include "fcgi-app/problems/problem_parser.hpp"

#include <algorithm>
#include <cmath>

namespace runyard {
namespace {

constexpr std::size_t kMaxTitle = 200;
constexpr std::size_t kMaxDescription = 65'536;
constexpr std::size_t kMaxTemplates = 100;
constexpr std::size_t kMaxTemplateBytes = 262'144;  // all together
// Of all tests together: every submission to the problem takes a copy of them.
constexpr std::size_t kMaxTestBytes = 1'048'576;

const LimitField& limit_field(std::int64_t Limits::*member) {
  return *std::find_if(std::begin(kLimitFields), std::end(kLimitFields),
                       [&](const LimitField& field) { return field.member == member; });
}

/// The member unless it is absent or null; null takes the default, which `reset` sets.
template <typename Reset>
const json::Value* present(ObjectReader& body, const char* name, Reset reset) {
  const auto* value = body.member(name);
  if (value && value->is_null()) {
    reset();
    return nullptr;
  }
  return value;
}

/// Puts one language's text in, or takes it out (null).
void set_template(const std::string& name, const json::Value& text, const ParseContext& context,
                  std::vector<std::pair<std::string, std::string>>& templates) {
  const auto field = "code_template." + shorten(name);
  const auto* language = context.catalog.find(name);
  if (!language) {
    const auto nearest = context.catalog.nearest(name);
    return context.errors.add(field,
                              in_quotes(name) + " is not a known language" +
                                  (nearest.empty() ? "" : "; near are " + name_list(nearest)));
  }
  // An earlier text of the same language, whatever it was called.
  const auto same = std::find_if(templates.begin(), templates.end(), [&](const auto& entry) {
    const auto* other = context.catalog.find(entry.first);
    return entry.first == name ||
           (other && other->id == language->id && other->version == language->version);
  });
  if (text.is_null()) {
    if (same != templates.end()) templates.erase(same);
    return;
  }
  if (!check_text(text, field, TextRule{context.rules.max_code_bytes}, context.errors)) return;
  if (same == templates.end())
    templates.emplace_back(name, *text.string());
  else
    *same = {name, *text.string()};
}

void read_templates(ObjectReader& body, ProblemBody kind, const ParseContext& context,
                    StoredProblem& problem) {
  const auto* value = present(body, "code_template", [&] { problem.code_template.clear(); });
  if (!value) return;
  const auto* members = value->object();
  if (!members)
    return context.errors.add("code_template", "must be an object of texts, one a language");
  if (members->size() > kMaxTemplates)
    return context.errors.add("code_template", "holds " + std::to_string(members->size()) +
                                                   " languages; at most 100 are allowed");
  std::vector<std::string> named;
  for (const auto& [name, text] : *members) {
    const auto* language = context.catalog.find(name);
    const auto id = language ? language->id + ' ' + language->version : name;
    if (std::find(named.begin(), named.end(), id) != named.end())
      context.errors.add("code_template." + shorten(name),
                         "is a language that stands there already");
    named.push_back(id);
    if (kind == ProblemBody::kWhole && text.is_null())
      context.errors.add("code_template." + shorten(name), "must be a text");
    else
      set_template(name, text, context, problem.code_template);
  }
  std::size_t total = 0;
  for (const auto& [name, code] : problem.code_template) total += name.size() + code.size();
  if (total > kMaxTemplateBytes)
    context.errors.add("code_template", "takes " + std::to_string(total) +
                                            " bytes together; at most " +
                                            std::to_string(kMaxTemplateBytes) + " are allowed");
}

/// Each argument counts one byte more, or empty ones would be free.
std::size_t bytes_of(const TestCase& test) {
  auto total = test.name.size() + test.stdin_data.size();
  if (test.expected_output) total += test.expected_output->size();
  for (const auto& arg : test.args) total += arg.size() + 1;
  return total;
}

void check_size(const std::vector<TestCase>& tests, const ParseContext& context) {
  std::size_t total = 0;
  for (const auto& test : tests) total += bytes_of(test);
  if (total > kMaxTestBytes)
    context.errors.add("tests", "take " + std::to_string(total) +
                                    " bytes of name, stdin, expected_output and args together; at "
                                    "most " +
                                    std::to_string(kMaxTestBytes) + " are allowed");
}

void read_limits(ObjectReader& body, const SubmissionRules& rules, StoredProblem& problem) {
  const auto& wall = limit_field(&Limits::wall_ms);
  const auto& memory = limit_field(&Limits::memory_kb);
  if (present(body, "time_limit", [&] { problem.time_limit_ms = StoredProblem().time_limit_ms; }))
    if (const auto seconds =
            body.number("time_limit", true, static_cast<double>(wall.server_maximum) / 1000))
      problem.time_limit_ms = std::max<std::int64_t>(wall.minimum, std::llround(*seconds * 1000));
  if (present(body, "memory_limit_kb", [&] { problem.memory_limit_kb.reset(); }))
    if (const auto kb = body.integer("memory_limit_kb", memory.minimum, memory.server_maximum))
      problem.memory_limit_kb = *kb;
  if (present(body, "total_limit", [&] { problem.total_limit_ms.reset(); }))
    if (const auto seconds =
            body.number("total_limit", true, static_cast<double>(rules.problem_total_ms) / 1000))
      problem.total_limit_ms = std::max<std::int64_t>(1, std::llround(*seconds * 1000));
}

void read_problem_tests(ObjectReader& body, const ParseContext& context, StoredProblem& problem) {
  if (const auto* value = present(body, "checker", [&] { problem.checker = {}; }))
    problem.checker = read_checker(*value, context);
  if (!present(body, "tests", [&] { problem.tests.clear(); })) return;
  const auto* items = body.array("tests", kMaxTests);
  if (!items) return;
  problem.tests.clear();
  problem.tests.reserve(items->size());
  for (std::size_t i = 0; i < items->size(); ++i) {
    ObjectReader reader((*items)[i], "tests[" + std::to_string(i) + "].", context.errors);
    auto test = read_test(reader, i, context);
    test.hidden = reader.boolean("hidden").value_or(false);
    reader.refuse_unknown();
    problem.tests.push_back(std::move(test));
  }
  check_arguments(problem.tests, 0, 0, context);
  check_size(problem.tests, context);
}

}  // namespace

void read_problem_body(const json::Value& value, ProblemBody kind, const ParseContext& context,
                       StoredProblem& problem) {
  ObjectReader body(value, "", context.errors);
  if (!body.is_object()) return;
  const TextRule title_rule{kMaxTitle, false, false};
  const auto* title = kind == ProblemBody::kWhole ? body.required_text("title", title_rule)
                                                  : body.text("title", title_rule);
  if (title) problem.title = *title;
  if (present(body, "description", [&] { problem.description.clear(); }))
    if (const auto* text = body.text("description", TextRule{kMaxDescription}))
      problem.description = *text;
  read_templates(body, kind, context, problem);
  read_limits(body, context.rules, problem);
  read_problem_tests(body, context, problem);
  body.refuse_unknown();
}

}  // namespace runyard
