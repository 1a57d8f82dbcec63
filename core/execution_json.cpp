#include "core/execution_json.hpp"

#include <algorithm>
#include <optional>

#include "core/text.hpp"

namespace runyard {
namespace {

/// Messages are for people; a checker's may be anything.
constexpr std::size_t kMaxMessageBytes = std::size_t{64} * 1024;
/// Smaller files are text where they can be, whatever they hold.
constexpr std::size_t kSmallArtifact = 1024;

/// Writes members of one object in the encoding that was asked for, outputs as far as there is
/// space.
class Members final {
 public:
  Members(json::Writer& writer, OutputEncoding encoding, AnswerSpace& space)
      : writer_(writer), encoding_(encoding), space_(space) {}

  /// False when its end was left out.
  bool bytes(std::string_view name, const std::string& value) {
    writer_.key(name);
    if (encoding_ == OutputEncoding::kBase64) {
      const auto shown = space_.base64(value);
      writer_.string(base64_encode(shown));
      return shown.size() == value.size();
    }
    if (is_utf8(value)) return string(value);
    return string(to_utf8(value));
  }
  void text(std::string_view name, std::string_view value) { writer_.member(name, value); }
  /// Of any bytes and length, and written as far as there is space.
  void message(std::string_view name, const std::string& value) {
    const auto shown = text_within(value, kMaxMessageBytes);
    text(name, space_.text(shown));
  }
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
  bool string(std::string_view value) {
    const auto shown = space_.text(value);
    writer_.string(shown);
    return shown.size() == value.size();
  }

  json::Writer& writer_;
  const OutputEncoding encoding_;
  AnswerSpace& space_;
};

/// Writes one execution's object.
class ExecutionWriter final {
 public:
  ExecutionWriter(json::Writer& writer, const Execution& execution, OutputEncoding encoding,
                  AnswerSpace space)
      : writer_(writer),
        execution_(execution),
        encoding_(encoding),
        space_(space),
        members_(writer_, encoding_, space_) {}

  void write() {
    writer_.begin_object();
    write_head();
    write_outcome(execution_.result ? &*execution_.result : nullptr);
    write_rest();
    writer_.end_object();
  }

  void write_head() {
    const Result* result = execution_.result ? &*execution_.result : nullptr;
    members_.text("execution_id", execution_.id);
    members_.text("status", to_string(execution_.status));
    if (result) {
      output_cut_ = !members_.bytes("stdout", result->output);
      errors_cut_ = !members_.bytes("stderr", result->errors);
      members_.number("execution_time", result->wall_ms);
    } else {
      for (const char* name : {"stdout", "stderr", "execution_time"}) members_.null(name);
    }
  }

 private:
  /// An output of a part, which says only when it was cut.
  void write_output(std::string_view name, std::string_view flag, const std::string& output,
                    bool& cut) {
    cut = !members_.bytes(name, output);
    if (cut) writer_.member(flag, true);
  }

  void write_compile(const CompileResult& compile) {
    bool cut = false;
    writer_.begin_object();
    members_.text("status", to_string(compile.status));
    write_output("stdout", "stdout_truncated", compile.output, cut);
    write_output("stderr", "stderr_truncated", compile.errors, cut);
    members_.number("exit_code", compile.exit_code);
    writer_.member("execution_time", compile.wall_ms).member("cached", compile.cached).end_object();
  }

  void write_test(const TestResult& test) {
    writer_.begin_object();
    members_.text("name", test.name);
    members_.text("verdict", verdict_of(test));
    if (test.skipped) {
      for (const char* name : {"execution_time", "cpu_time_ms", "memory_kb", "stdout"})
        members_.null(name);
    } else {
      bool cut = false;
      writer_.member("execution_time", test.wall_ms)
          .member("cpu_time_ms", test.cpu_ms)
          .member("memory_kb", test.memory_kb);
      write_output("stdout", "stdout_truncated", test.output, cut);
    }
    members_.message("message", test.message);
    writer_.end_object();
  }

  void write_artifact(const Artifact& artifact) {
    const auto name = to_utf8(artifact.name);
    writer_.begin_object().member("name", name);
    if (!artifact.error.empty()) {
      members_.message("error", artifact.error);
      writer_.end_object();
      return;
    }
    const auto& content = artifact.content;
    const auto in_base64 = base64_size(content.size());
    const auto as_text = json::escaped_size(content);
    const bool text = encoding_ == OutputEncoding::kText && is_utf8(content) &&
                      (as_text <= in_base64 || content.size() <= kSmallArtifact);
    if (!space_.take(text ? as_text : in_base64)) {
      writer_.member("size", static_cast<std::int64_t>(content.size()));
      writer_.member("url", artifact_url(execution_.id, artifact.name)).end_object();
      return;
    }
    writer_.member("encoding", text ? "utf8" : "base64").key("content");
    text ? writer_.string(content) : writer_.string(base64_encode(content));
    writer_.end_object();
  }

  /// Everything between execution_time and language.
  void write_outcome(const Result* result) {
    if (!result) {
      for (const char* name : {"reason", "message", "exit_code", "signal", "cpu_time_ms",
                               "memory_kb", "stdout_truncated", "stderr_truncated", "compile"})
        members_.null(name);
      writer_.key("tests").begin_array().end_array();
      members_.null("score");
      writer_.key("artifacts").begin_array().end_array();
      return;
    }
    members_.text_or_null("reason", to_string(result->reason));
    if (result->message.empty())
      members_.null("message");
    else
      members_.message("message", result->message);
    members_.number("exit_code", result->exit_code);
    members_.number("signal", result->signal);
    members_.number("cpu_time_ms", result->cpu_ms);
    members_.number("memory_kb", result->memory_kb);
    writer_.member("stdout_truncated", result->output_truncated || output_cut_);
    writer_.member("stderr_truncated", result->errors_truncated || errors_cut_);
    writer_.key("compile");
    result->compile ? write_compile(*result->compile) : void(writer_.null());
    writer_.key("tests").begin_array();
    for (const auto& test : result->tests) write_test(test);
    writer_.end_array();
    writer_.key("score");
    result->score ? writer_.real(*result->score) : writer_.null();
    writer_.key("artifacts").begin_array();
    for (const auto& artifact : result->artifacts) write_artifact(artifact);
    writer_.end_array();
  }

  void write_rest() {
    const Result* result = execution_.result ? &*execution_.result : nullptr;
    members_.text("language", execution_.language);
    members_.text("version", execution_.version);
    members_.number("queue_ms", execution_.queue_ms);
    writer_.member("attempt", execution_.attempt);
    writer_.key("sandbox").begin_object();
    members_.text("isolation", to_string(execution_.isolation));
    writer_.key("reused");
    result ? writer_.boolean(result->sandbox_reused) : writer_.null();
    members_.text_or_null("runtime",
                          result ? std::string_view(result->runtime) : std::string_view());
    writer_.end_object();
    members_.text("created_at", execution_.created_at);
    members_.optional_text("started_at", execution_.started_at);
    members_.optional_text("finished_at", execution_.finished_at);
    // Last and only where there is one: most executions belong to neither.
    if (!execution_.problem_id.empty()) members_.text("problem_id", execution_.problem_id);
    if (!execution_.session_id.empty()) members_.text("session_id", execution_.session_id);
  }

  json::Writer& writer_;
  const Execution& execution_;
  const OutputEncoding encoding_;
  AnswerSpace space_;
  Members members_;
  bool output_cut_ = false;
  bool errors_cut_ = false;
};

/// Bytes that a program or its author chose, however they are written.
std::size_t free_bytes(const Execution& execution) {
  std::size_t size = execution.language.size() + execution.version.size();
  if (!execution.result) return size;
  const auto& result = *execution.result;
  size += result.message.size() + result.output.size() + result.errors.size();
  if (result.compile) size += result.compile->output.size() + result.compile->errors.size();
  for (const auto& test : result.tests)
    size += test.name.size() + test.message.size() + test.output.size();
  for (const auto& artifact : result.artifacts)
    size += artifact.name.size() + artifact.error.size() + artifact.content.size();
  return size;
}

/// What its outputs and files may take for the object to be of at most `max_bytes`.
AnswerSpace space_in(const Execution& execution, OutputEncoding encoding, std::size_t max_bytes) {
  constexpr std::size_t kMostOfOne = 6;  // bytes, of a control character
  constexpr std::size_t kAround = 1024;  // names of members, numbers, times
  const std::size_t parts =
      execution.result ? execution.result->tests.size() + execution.result->artifacts.size() : 0;
  // Nearly always: no need to look any closer.
  if (kMostOfOne * free_bytes(execution) + (parts + 2) * kAround <= max_bytes)
    return AnswerSpace(max_bytes);
  json::Writer writer;
  ExecutionWriter(writer, execution, encoding, AnswerSpace(0)).write();
  constexpr std::size_t kFlags = 16;  // a "false" is longer than the "true" that stands there now
  return AnswerSpace(max_bytes - std::min(max_bytes, writer.size() + kFlags));
}

}  // namespace

std::string artifact_url(const std::string& execution_id, const std::string& name) {
  return "/api/v1/executions/" + execution_id + "/artifacts/" + percent_encode(name);
}

void write_execution_head(json::Writer& writer, const Execution& execution, OutputEncoding encoding,
                          std::size_t max_bytes) {
  ExecutionWriter(writer, execution, encoding, space_in(execution, encoding, max_bytes))
      .write_head();
}

void write_execution(json::Writer& writer, const Execution& execution, OutputEncoding encoding,
                     std::size_t max_bytes) {
  ExecutionWriter(writer, execution, encoding, space_in(execution, encoding, max_bytes)).write();
}

std::string execution_to_json(const Execution& execution, OutputEncoding encoding,
                              std::size_t max_bytes) {
  json::Writer writer;
  write_execution(writer, execution, encoding, max_bytes);
  return writer.take();
}

}  // namespace runyard
