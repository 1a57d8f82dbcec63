#include "fcgi-app/submission_parts.hpp"

namespace runyard {
namespace {

constexpr std::size_t kMaxTests = 1000;
constexpr std::size_t kMaxTestName = 200;
constexpr std::size_t kMaxExpected = 1'048'576;  // no program may print more
constexpr double kMaxWeight = 1e6;
constexpr double kMaxTolerance = 1e6;

std::size_t bytes_of(const std::vector<std::string>& args) {
  std::size_t total = 0;
  for (const auto& arg : args) total += arg.size();
  return total;
}

TestCase read_test(const json::Value& value, std::size_t index, const ParseContext& context) {
  TestCase test;
  ObjectReader reader(value, "tests[" + std::to_string(index) + "].", context.errors);
  const auto* name = reader.text("name", TextRule{kMaxTestName});
  test.name = name ? *name : std::to_string(index + 1);
  if (const auto* input = reader.text("stdin", TextRule{context.rules.max_stdin_bytes, true}))
    test.stdin_data = *input;
  if (const auto* expected = reader.text("expected_output", TextRule{kMaxExpected, true}))
    test.expected_output = *expected;
  test.args = reader.texts("args", kMaxArguments, kMaxArgumentBytes);
  if (const auto weight = reader.number("weight", true, kMaxWeight)) test.weight = *weight;
  reader.refuse_unknown();
  return test;
}

/// The program of a checker.
void read_checker_program(ObjectReader& reader, const ParseContext& context, Checker& checker) {
  checker.kind = CheckerKind::kProgram;
  if (const auto* name = reader.required_text("language", TextRule{kMaxTestName, false, false}))
    if (const auto* language = find_language(*name, reader.path("language"), context))
      checker.language = language->id;
  if (const auto* code = reader.required_text("code", TextRule{context.rules.max_code_bytes}))
    checker.code = *code;
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

}  // namespace

void read_tests(ObjectReader& body, const ParseContext& context, Submission& submission) {
  if (const auto* checker = body.member("checker"))
    submission.checker = read_checker(*checker, context);
  if (const auto stop = body.boolean("stop_on_failure")) submission.stop_on_failure = *stop;
  const auto* items = body.array("tests", kMaxTests);
  if (!items || items->empty()) return;

  // It would otherwise be unclear whether a test without stdin reads this one.
  if (!submission.stdin_data.empty())
    context.errors.add("stdin", "must not stand beside \"tests\": each test has its own");
  std::size_t environment = 0;
  for (const auto& [name, text] : submission.env) environment += name.size() + text.size();
  const auto shared_args = bytes_of(submission.args);
  std::size_t total = 0;
  submission.tests.reserve(items->size());
  for (std::size_t i = 0; i < items->size(); ++i) {
    submission.tests.push_back(read_test((*items)[i], i, context));
    const auto& args = submission.tests.back().args;
    total += environment + (args.empty() ? shared_args : bytes_of(args));
  }
  if (total > kMaxAllArgumentBytes)
    context.errors.add("tests",
                       "take " + std::to_string(total) +
                           " bytes of args and env in all, each test with its own copy; at most " +
                           std::to_string(kMaxAllArgumentBytes) + " are allowed");
}

}  // namespace runyard
