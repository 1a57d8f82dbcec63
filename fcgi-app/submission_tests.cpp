#include "fcgi-app/submission_parts.hpp"

namespace runyard {
namespace {

constexpr std::size_t kMaxTestName = 200;
constexpr std::size_t kMaxExpected = 1'048'576;  // no program may print more
constexpr double kMaxWeight = 1e6;
constexpr double kMaxTolerance = 1e6;

/// The program of a checker.
void read_checker_program(ObjectReader& reader, const ParseContext& context, Checker& checker) {
  checker.kind = CheckerKind::kProgram;
  if (const auto* name = reader.required_text("language", TextRule{kMaxTestName, false, false}))
    if (const auto* language = find_language(*name, reader.path("language"), context))
      checker.language = language->id;
  if (const auto* code = reader.required_text("code", TextRule{context.rules.max_code_bytes}))
    checker.code = *code;
}

/// What the submission's own tests are made of.
void read_own_tests(ObjectReader& body, const ParseContext& context, Submission& submission) {
  if (const auto* checker = body.member("checker"))
    submission.checker = read_checker(*checker, context);
  const auto* items = body.array("tests", kMaxTests);
  if (!items) return;
  submission.tests.reserve(items->size());
  for (std::size_t i = 0; i < items->size(); ++i) {
    ObjectReader reader((*items)[i], "tests[" + std::to_string(i) + "].", context.errors);
    submission.tests.push_back(read_test(reader, i, context));
    reader.refuse_unknown();
  }
}

/// What the problem has, which nothing may replace.
void take_tests(ObjectReader& body, const ParseContext& context, const StoredProblem& problem,
                Submission& submission) {
  for (const char* name : {"tests", "checker"})
    if (body.member(name))
      context.errors.add(name, "must not stand beside \"problem_id\": the problem has its own");
  submission.checker = problem.checker;
  submission.tests = problem.tests;
  if (!submission.tests.empty() && submission.checker.kind == CheckerKind::kProgram)
    find_language(submission.checker.language, "problem_id", context);
}

}  // namespace

TestCase read_test(ObjectReader& reader, std::size_t index, const ParseContext& context) {
  TestCase test;
  const auto* name = reader.text("name", TextRule{kMaxTestName});
  test.name = name ? *name : std::to_string(index + 1);
  if (const auto* input = reader.text("stdin", TextRule{context.rules.max_stdin_bytes, true}))
    test.stdin_data = *input;
  if (const auto* expected = reader.text("expected_output", TextRule{kMaxExpected, true}))
    test.expected_output = *expected;
  test.args = reader.texts("args", kMaxArguments, kMaxArgumentBytes);
  if (const auto weight = reader.number("weight", true, kMaxWeight)) test.weight = *weight;
  return test;
}

Checker read_checker(const json::Value& value, const ParseContext& context) {
  Checker checker;
  if (const auto* name = value.string()) {
    const auto kind = checker_kind_from(*name);
    if (kind && *kind != CheckerKind::kProgram)
      checker.kind = *kind;
    else
      context.errors.add("checker",
                         *name == "program"
                             ? "a program is given as {\"language\", \"code\"}"
                             : "must be one of \"exact\", \"trim\", \"tokens\", \"float\", "
                               "\"unordered_lines\", or an object");
    return checker;
  }
  ObjectReader reader(value, "checker.", context.errors);
  if (!reader.is_object()) return checker;
  const auto* name =
      reader.choice("kind", {"exact", "trim", "tokens", "float", "unordered_lines", "program"});
  const bool is_program = name ? *name == "program" : value.find("code") || value.find("language");
  if (name) checker.kind = *checker_kind_from(*name);
  if (is_program)
    read_checker_program(reader, context, checker);
  else if (!value.find("kind"))
    context.errors.add("checker.kind", "is required");
  if (checker.kind == CheckerKind::kFloat)
    if (const auto tolerance = reader.number("tolerance", false, kMaxTolerance))
      checker.tolerance = *tolerance;
  reader.refuse_unknown();
  return checker;
}

std::size_t sent_bytes(const std::vector<std::string>& args) {
  std::size_t total = 0;
  for (const auto& arg : args) total += sent_bytes(arg);
  return total;
}

std::size_t sent_bytes(std::string_view text) {
  constexpr std::size_t kComma = 1;
  return json::written_size(text) + kComma;
}

void check_arguments(const std::vector<TestCase>& tests, std::size_t shared_args,
                     std::size_t environment, const ParseContext& context) {
  std::size_t total = 0;
  for (const auto& test : tests)
    total += environment + (test.args.empty() ? shared_args : sent_bytes(test.args));
  if (total > kMaxAllArgumentBytes)
    context.errors.add("tests",
                       "take " + std::to_string(total) +
                           " bytes of args and env in all, each test with its own copy, written "
                           "as JSON with quotes, escapes and commas; at most " +
                           std::to_string(kMaxAllArgumentBytes) + " are allowed");
}

void read_tests(ObjectReader& body, const ParseContext& context, const StoredProblem* problem,
                Submission& submission) {
  if (const auto stop = body.boolean("stop_on_failure")) submission.stop_on_failure = *stop;
  if (problem)
    take_tests(body, context, *problem, submission);
  else
    read_own_tests(body, context, submission);
  if (submission.tests.empty()) return;

  // It would otherwise be unclear whether a test without stdin reads this one.
  if (!submission.stdin_data.empty())
    context.errors.add("stdin", "must not stand beside tests: each has its own");
  std::size_t environment = 0;
  for (const auto& [name, text] : submission.env) environment += sent_bytes(name + "=" + text);
  check_arguments(submission.tests, sent_bytes(submission.args), environment, context);
}

}  // namespace runyard
