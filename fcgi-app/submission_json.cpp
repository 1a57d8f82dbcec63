#include "fcgi-app/submission_json.hpp"

#include <algorithm>

#include "core/json.hpp"
#include "core/text.hpp"
#include "fcgi-app/problems/problem_json.hpp"

namespace runyard {
namespace {

void write_texts(json::Writer& writer, std::string_view name,
                 const std::vector<std::string>& texts) {
  if (texts.empty()) return;
  writer.key(name).begin_array();
  for (const auto& text : texts) writer.string(to_utf8(text));
  writer.end_array();
}

void write_files(json::Writer& writer, const Submission& submission) {
  writer.key("files").begin_array();
  for (const auto& file : submission.files) {
    // As a submission may have it: source text holds no NUL.
    const bool text = is_utf8(file.content) && file.content.find('\0') == std::string::npos;
    writer.begin_object().member("name", file.name);
    writer.member("content", text ? file.content : base64_encode(file.content));
    writer.member("encoding", text ? "utf8" : "base64").end_object();
  }
  writer.end_array().member("entry", submission.entry);
}

void write_limits(json::Writer& writer, const Limits& limits) {
  writer.key("limits").begin_object();
  // A live run may have had more time than a submission can ask for.
  for (const auto& field : kLimitFields)
    writer.member(field.name, std::min(limits.*field.member, field.server_maximum));
  writer.member("total_ms", limits.total_ms).end_object();
}

void write_tests(json::Writer& writer, const Submission& submission) {
  writer.key("tests").begin_array();
  for (const auto& test : submission.tests) {
    writer.begin_object().member("name", test.name).member("stdin", to_utf8(test.stdin_data));
    if (test.expected_output) writer.member("expected_output", to_utf8(*test.expected_output));
    write_texts(writer, "args", test.args);
    writer.member("weight", test.weight).end_object();
  }
  writer.end_array();
  write_checker(writer.key("checker"), submission.checker, true);
}

}  // namespace

std::string submission_to_api_json(const Submission& submission, const std::string& problem_id) {
  json::Writer writer;
  writer.begin_object().member("language", submission.language);
  writer.member("version", submission.version);
  write_files(writer, submission);
  const bool own_tests = problem_id.empty() && !submission.tests.empty();
  if (!submission.stdin_data.empty()) writer.member("stdin", to_utf8(submission.stdin_data));
  write_texts(writer, "args", submission.args);
  if (!submission.env.empty()) {
    writer.key("env").begin_object();
    for (const auto& [name, value] : submission.env) writer.member(name, to_utf8(value));
    writer.end_object();
  }
  write_texts(writer, "compile_args", submission.compile_args);
  write_limits(writer, submission.limits);
  if (own_tests) write_tests(writer, submission);
  if (submission.stop_on_failure) writer.member("stop_on_failure", true);
  write_texts(writer, "artifacts", submission.artifacts);
  writer.member("isolation", to_string(submission.isolation));
  if (!submission.isolation_key.empty()) writer.member("isolation_key", submission.isolation_key);
  writer.member("priority", to_string(submission.priority));
  if (!submission.project_id.empty()) writer.member("project_id", submission.project_id);
  if (!problem_id.empty()) writer.member("problem_id", problem_id);
  writer.end_object();
  return writer.text();
}

}  // namespace runyard
