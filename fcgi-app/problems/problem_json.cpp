#include "fcgi-app/problems/problem_json.hpp"

namespace runyard {

void write_checker(json::Writer& writer, const Checker& checker, bool with_code) {
  const auto kind = to_string(checker.kind);
  if (checker.kind == CheckerKind::kFloat) {
    writer.begin_object().member("kind", kind).member("tolerance", checker.tolerance).end_object();
  } else if (checker.kind == CheckerKind::kProgram) {
    writer.begin_object().member("kind", kind).member("language", checker.language);
    if (with_code) writer.member("code", checker.code);
    writer.end_object();
  } else {
    writer.string(kind);
  }
}

namespace {

void write_test(json::Writer& writer, const TestCase& test) {
  writer.begin_object().member("name", test.name).member("stdin", test.stdin_data);
  writer.key("expected_output");
  test.expected_output ? writer.string(*test.expected_output) : writer.null();
  writer.key("args").begin_array();
  for (const auto& arg : test.args) writer.string(arg);
  writer.end_array();
  writer.member("weight", test.weight).member("hidden", test.hidden).end_object();
}

void write_head(json::Writer& writer, const StoredProblem& problem) {
  writer.begin_object().member("problem_id", problem.id).member("title", problem.title);
}

void write_limits(json::Writer& writer, const StoredProblem& problem) {
  writer.member("time_limit", static_cast<double>(problem.time_limit_ms) / 1000);
  writer.key("memory_limit_kb");
  problem.memory_limit_kb ? writer.integer(*problem.memory_limit_kb) : writer.null();
  writer.key("total_limit");
  problem.total_limit_ms ? writer.real(static_cast<double>(*problem.total_limit_ms) / 1000)
                         : writer.null();
}

void write_end(json::Writer& writer, const StoredProblem& problem, bool is_author) {
  writer.member("test_count", problem.test_count).member("hidden_test_count", problem.hidden_count);
  writer.member("editable", is_author);
  writer.member("created_at", problem.created_at).member("updated_at", problem.updated_at);
  writer.end_object();
}

}  // namespace

std::string problem_to_json(const StoredProblem& problem, const std::string& owner) {
  const bool is_author = problem.owner == owner;
  json::Writer writer;
  write_head(writer, problem);
  writer.member("description", problem.description);
  writer.key("code_template").begin_object();
  for (const auto& [language, code] : problem.code_template) writer.member(language, code);
  writer.end_object();
  write_limits(writer, problem);
  write_checker(writer.key("checker"), problem.checker, is_author);
  writer.key("tests").begin_array();
  for (const auto& test : problem.tests)
    if (is_author || !test.hidden) write_test(writer, test);
  writer.end_array();
  write_end(writer, problem, is_author);
  return writer.text();
}

void write_problem_entry(json::Writer& writer, const StoredProblem& problem,
                         const std::string& owner) {
  write_head(writer, problem);
  write_limits(writer, problem);
  write_end(writer, problem, problem.owner == owner);
}

}  // namespace runyard
