#include "core/submission.hpp"

#include <stdexcept>

#include "core/json.hpp"
#include "core/names.hpp"
#include "core/stored_json.hpp"

namespace runyard {
namespace {

constexpr NamedValue<CheckerKind> kCheckers[] = {
    {CheckerKind::kExact, "exact"},
    {CheckerKind::kTrim, "trim"},
    {CheckerKind::kTokens, "tokens"},
    {CheckerKind::kFloat, "float"},
    {CheckerKind::kUnorderedLines, "unordered_lines"},
    {CheckerKind::kProgram, "program"},
};
constexpr NamedValue<Isolation> kIsolations[] = {
    {Isolation::kReuse, "reuse"},
    {Isolation::kFresh, "fresh"},
};
constexpr NamedValue<Priority> kPriorities[] = {
    {Priority::kHigh, "high"},
    {Priority::kNormal, "normal"},
    {Priority::kLow, "low"},
};

void write_test(json::Writer& writer, const TestCase& test) {
  writer.begin_object().member("name", test.name);
  stored::put_bytes(writer, "stdin", test.stdin_data);
  if (test.expected_output) stored::put_bytes(writer, "expected_output", *test.expected_output);
  stored::put_texts(writer, "args", test.args);
  writer.member("weight", test.weight);
  if (test.hidden) writer.member("hidden", true);
  writer.end_object();
}

TestCase read_test(const json::Value& value) {
  TestCase test;
  test.name = stored::text(value, "name");
  test.stdin_data = stored::bytes(value, "stdin");
  if (stored::has(value, "expected_output"))
    test.expected_output = stored::bytes(value, "expected_output");
  test.args = stored::texts(value, "args");
  test.weight = stored::real(value, "weight", 1);
  test.hidden = stored::boolean(value, "hidden");
  return test;
}

void write_tests(json::Writer& writer, const std::vector<TestCase>& tests) {
  writer.begin_array();
  for (const auto& test : tests) write_test(writer, test);
  writer.end_array();
}

void write_checker(json::Writer& writer, const Checker& checker) {
  writer.begin_object();
  writer.member("kind", to_string(checker.kind)).member("tolerance", checker.tolerance);
  writer.member("language", checker.language);
  stored::put_bytes(writer, "code", checker.code);
  if (checker.hidden) writer.member("hidden", true);
  writer.end_object();
}

Checker read_checker(const json::Value& value) {
  const auto kind = checker_kind_from(stored::text(value, "kind"));
  if (!kind) throw std::runtime_error("stored checker: unknown kind");
  return {*kind, stored::real(value, "tolerance", Checker().tolerance),
          stored::text(value, "language"), stored::bytes(value, "code"),
          stored::boolean(value, "hidden")};
}

}  // namespace

std::string_view to_string(CheckerKind kind) { return name_of(kCheckers, kind); }
std::string_view to_string(Isolation isolation) { return name_of(kIsolations, isolation); }
std::string_view to_string(Priority priority) { return name_of(kPriorities, priority); }
std::optional<CheckerKind> checker_kind_from(std::string_view name) {
  return value_of(kCheckers, name);
}
std::optional<Isolation> isolation_from(std::string_view name) {
  return value_of(kIsolations, name);
}
std::optional<Priority> priority_from(std::string_view name) { return value_of(kPriorities, name); }

std::string to_json(const Submission& s) {
  json::Writer writer;
  writer.begin_object();
  writer.member("language", s.language).member("version", s.version);
  writer.member("asked_language", s.asked_language).member("entry", s.entry);
  writer.key("files").begin_array();
  for (const auto& file : s.files) {
    writer.begin_object().member("name", file.name);
    stored::put_bytes(writer, "content", file.content);
    writer.end_object();
  }
  writer.end_array();
  stored::put_bytes(writer, "stdin", s.stdin_data);
  stored::put_texts(writer, "args", s.args);
  writer.key("env").begin_object();
  for (const auto& [name, value] : s.env) writer.member(name, value);
  writer.end_object();
  stored::put_texts(writer, "compile_args", s.compile_args);
  writer.key("limits").begin_object();
  for (const auto& field : kLimitFields) writer.member(field.name, s.limits.*field.member);
  writer.member("total_ms", s.limits.total_ms).end_object();
  if (!s.tests.empty()) {
    write_tests(writer.key("tests"), s.tests);
    write_checker(writer.key("checker"), s.checker);
    writer.member("stop_on_failure", s.stop_on_failure);
  }
  stored::put_texts(writer, "artifacts", s.artifacts);
  writer.member("isolation", to_string(s.isolation)).member("isolation_key", s.isolation_key);
  writer.member("priority", to_string(s.priority)).member("project_id", s.project_id);
  if (s.live) {
    writer.key("live").begin_object().member("tty", s.live->tty);
    writer.member("cols", s.live->cols).member("rows", s.live->rows).end_object();
  }
  writer.end_object();
  return writer.text();
}

Submission submission_from_json(std::string_view text) {
  const auto value = json::parse(text);
  Submission s;
  s.language = stored::text(value, "language");
  s.version = stored::text(value, "version");
  s.asked_language = stored::text(value, "asked_language");
  s.entry = stored::text(value, "entry");
  for (const auto& file : stored::array(value, "files"))
    s.files.push_back({stored::text(file, "name"), stored::bytes(file, "content")});
  s.stdin_data = stored::bytes(value, "stdin");
  s.args = stored::texts(value, "args");
  if (const auto* env = value.find("env"); env && env->object())
    for (const auto& [name, entry] : *env->object())
      if (const auto* entry_text = entry.string()) s.env.emplace_back(name, *entry_text);
  s.compile_args = stored::texts(value, "compile_args");
  if (const auto* limits = value.find("limits")) {
    for (const auto& field : kLimitFields)
      s.limits.*field.member = stored::integer(*limits, field.name, s.limits.*field.member);
    s.limits.total_ms = stored::integer(*limits, "total_ms", s.limits.total_ms);
  }
  for (const auto& test : stored::array(value, "tests")) s.tests.push_back(read_test(test));
  if (const auto* checker = value.find("checker")) s.checker = read_checker(*checker);
  s.stop_on_failure = stored::boolean(value, "stop_on_failure");
  s.artifacts = stored::texts(value, "artifacts");
  s.isolation = isolation_from(stored::text(value, "isolation")).value_or(Isolation::kFresh);
  s.isolation_key = stored::text(value, "isolation_key");
  s.priority = priority_from(stored::text(value, "priority")).value_or(Priority::kNormal);
  s.project_id = stored::text(value, "project_id");
  if (const auto* live = value.find("live"))
    s.live = LiveRun{stored::boolean(*live, "tty"),
                     static_cast<int>(stored::integer(*live, "cols", LiveRun().cols)),
                     static_cast<int>(stored::integer(*live, "rows", LiveRun().rows))};
  if (s.files.empty()) throw std::runtime_error("stored submission: no files");
  return s;
}

std::string test_cases_to_json(const std::vector<TestCase>& tests) {
  json::Writer writer;
  write_tests(writer, tests);
  return writer.text();
}

std::vector<TestCase> test_cases_from_json(std::string_view text) {
  const auto value = json::parse(text);
  if (!value.array()) throw std::runtime_error("stored tests are no array");
  std::vector<TestCase> tests;
  for (const auto& test : *value.array()) tests.push_back(read_test(test));
  return tests;
}

std::string checker_to_json(const Checker& checker) {
  json::Writer writer;
  write_checker(writer, checker);
  return writer.text();
}

Checker checker_from_json(std::string_view text) { return read_checker(json::parse(text)); }

}  // namespace runyard
