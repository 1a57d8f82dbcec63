#include "core/execution_json.hpp"

#include <optional>

#include "core/text.hpp"

namespace runyard {
namespace {

/// Writes members of one object in the encoding that was asked for.
class Members final {
 public:
  Members(json::Writer& writer, OutputEncoding encoding) : writer_(writer), encoding_(encoding) {}

  void bytes(std::string_view name, const std::string& value) {
    writer_.key(name);
    if (encoding_ == OutputEncoding::kBase64)
      writer_.string(base64_encode(value));
    else if (is_utf8(value))
      writer_.string(value);
    else
      writer_.string(to_utf8(value));
  }
  void text(std::string_view name, std::string_view value) { writer_.member(name, value); }
  void text_or_null(std::string_view name, std::string_view value) {
    value.empty() ? null(name) : text(name, value);
  }
  void optional_text(std::string_view name, const std::optional<std::string>& value) {
    value ? text(name, *value) : null(name);
  }
  template <typename Integer>
  void number(std::string_view name, const std::optional<Integer>& value) {
    value ? void(writer_.member(name, static_cast<std::int64_t>(*value))) : null(name);
  }
  void null(std::string_view name) { writer_.key(name).null(); }

 private:
  json::Writer& writer_;
  const OutputEncoding encoding_;
};

void write_compile(json::Writer& writer, const CompileResult& compile, OutputEncoding encoding) {
  Members members(writer, encoding);
  writer.begin_object();
  members.text("status", to_string(compile.status));
  members.bytes("stdout", compile.output);
  members.bytes("stderr", compile.errors);
  members.number("exit_code", compile.exit_code);
  writer.member("execution_time", compile.wall_ms).member("cached", compile.cached).end_object();
}

void write_test(json::Writer& writer, const TestResult& test, OutputEncoding encoding) {
  Members members(writer, encoding);
  writer.begin_object();
  members.text("name", test.name);
  members.text("verdict", verdict_of(test));
  if (test.skipped) {
    for (const char* name : {"execution_time", "cpu_time_ms", "memory_kb", "stdout"})
      members.null(name);
  } else {
    writer.member("execution_time", test.wall_ms)
        .member("cpu_time_ms", test.cpu_ms)
        .member("memory_kb", test.memory_kb);
    members.bytes("stdout", test.output);
  }
  members.text("message", to_utf8(test.message));
  writer.end_object();
}

void write_artifact(json::Writer& writer, const Artifact& artifact, OutputEncoding encoding) {
  if (!artifact.error.empty()) {
    writer.begin_object().member("name", to_utf8(artifact.name));
    writer.member("error", artifact.error).end_object();
    return;
  }
  const bool text = encoding == OutputEncoding::kText && is_utf8(artifact.content);
  writer.begin_object().member("name", to_utf8(artifact.name));
  writer.member("encoding", text ? "utf8" : "base64");
  writer.member("content", text ? artifact.content : base64_encode(artifact.content)).end_object();
}

/// Everything between execution_time and language.
void write_outcome(json::Writer& writer, const Result* result, OutputEncoding encoding) {
  Members members(writer, encoding);
  if (!result) {
    for (const char* name : {"reason", "message", "exit_code", "signal", "cpu_time_ms", "memory_kb",
                             "stdout_truncated", "stderr_truncated", "compile"})
      members.null(name);
    writer.key("tests").begin_array().end_array();
    members.null("score");
    writer.key("artifacts").begin_array().end_array();
    return;
  }
  members.text_or_null("reason", to_string(result->reason));
  members.text_or_null("message", to_utf8(result->message));
  members.number("exit_code", result->exit_code);
  members.number("signal", result->signal);
  members.number("cpu_time_ms", result->cpu_ms);
  members.number("memory_kb", result->memory_kb);
  writer.member("stdout_truncated", result->output_truncated);
  writer.member("stderr_truncated", result->errors_truncated);
  writer.key("compile");
  result->compile ? write_compile(writer, *result->compile, encoding) : void(writer.null());
  writer.key("tests").begin_array();
  for (const auto& test : result->tests) write_test(writer, test, encoding);
  writer.end_array();
  writer.key("score");
  result->score ? writer.real(*result->score) : writer.null();
  writer.key("artifacts").begin_array();
  for (const auto& artifact : result->artifacts) write_artifact(writer, artifact, encoding);
  writer.end_array();
}

}  // namespace

void write_execution_head(json::Writer& writer, const Execution& execution,
                          OutputEncoding encoding) {
  Members members(writer, encoding);
  const Result* result = execution.result ? &*execution.result : nullptr;
  members.text("execution_id", execution.id);
  members.text("status", to_string(execution.status));
  if (result) {
    members.bytes("stdout", result->output);
    members.bytes("stderr", result->errors);
    members.number("execution_time", result->wall_ms);
  } else {
    for (const char* name : {"stdout", "stderr", "execution_time"}) members.null(name);
  }
}

void write_execution(json::Writer& writer, const Execution& execution, OutputEncoding encoding) {
  Members members(writer, encoding);
  const Result* result = execution.result ? &*execution.result : nullptr;
  writer.begin_object();
  write_execution_head(writer, execution, encoding);
  write_outcome(writer, result, encoding);
  members.text("language", execution.language);
  members.text("version", execution.version);
  members.number("queue_ms", execution.queue_ms);
  writer.member("attempt", execution.attempt);
  writer.key("sandbox").begin_object();
  members.text("isolation", to_string(execution.isolation));
  writer.key("reused");
  result ? writer.boolean(result->sandbox_reused) : writer.null();
  members.text_or_null("runtime", result ? std::string_view(result->runtime) : std::string_view());
  writer.end_object();
  members.text("created_at", execution.created_at);
  members.optional_text("started_at", execution.started_at);
  members.optional_text("finished_at", execution.finished_at);
  // Last and only where there is one: most executions belong to neither.
  if (!execution.problem_id.empty()) members.text("problem_id", execution.problem_id);
  if (!execution.session_id.empty()) members.text("session_id", execution.session_id);
  writer.end_object();
}

std::string execution_to_json(const Execution& execution, OutputEncoding encoding) {
  json::Writer writer;
  write_execution(writer, execution, encoding);
  return writer.text();
}

}  // namespace runyard
