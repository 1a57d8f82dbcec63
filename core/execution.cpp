#include "core/execution.hpp"

#include <algorithm>
#include <stdexcept>

#include "core/json.hpp"
#include "core/names.hpp"
#include "core/stored_json.hpp"

namespace runyard {
namespace {

constexpr NamedValue<Status> kStatuses[] = {
    {Status::kQueued, "QUEUED"}, {Status::kRunning, "RUNNING"}, {Status::kCompleted, "COMPLETED"},
    {Status::kFailed, "FAILED"}, {Status::kTimeout, "TIMEOUT"}, {Status::kCancelled, "CANCELLED"},
};
constexpr NamedValue<Reason> kReasons[] = {
    {Reason::kNone, ""},
    {Reason::kCompileError, "COMPILE_ERROR"},
    {Reason::kRuntimeError, "RUNTIME_ERROR"},
    {Reason::kWrongAnswer, "WRONG_ANSWER"},
    {Reason::kMemoryLimit, "MEMORY_LIMIT"},
    {Reason::kOutputLimit, "OUTPUT_LIMIT"},
    {Reason::kProcessLimit, "PROCESS_LIMIT"},
    {Reason::kDiskLimit, "DISK_LIMIT"},
    {Reason::kForbiddenSyscall, "FORBIDDEN_SYSCALL"},
    {Reason::kWallTime, "WALL_TIME"},
    {Reason::kCpuTime, "CPU_TIME"},
    {Reason::kCompileTime, "COMPILE_TIME"},
    {Reason::kCancelled, "CANCELLED"},
    {Reason::kSandboxFailure, "SANDBOX_FAILURE"},
    {Reason::kWorkerLost, "WORKER_LOST"},
};

constexpr NamedValue<Origin> kOrigins[] = {
    {Origin::kNative, "native"},     {Origin::kSession, "session"}, {Origin::kSpec, "spec"},
    {Origin::kLearning, "learning"}, {Origin::kSubmit, "submit"},   {Origin::kExecute, "execute"},
};

Status stored_status(const json::Value& value) {
  const auto status = status_from(stored::text(value, "status"));
  if (!status) throw std::runtime_error("stored result: unknown status");
  return *status;
}

}  // namespace

std::string_view to_string(Status status) { return name_of(kStatuses, status); }
std::string_view to_string(Reason reason) { return name_of(kReasons, reason); }
std::string_view to_string(Origin origin) { return name_of(kOrigins, origin); }
std::optional<Status> status_from(std::string_view name) { return value_of(kStatuses, name); }
std::optional<Reason> reason_from(std::string_view name) { return value_of(kReasons, name); }
std::optional<Origin> origin_from(std::string_view name) { return value_of(kOrigins, name); }
bool is_terminal(Status status) { return status != Status::kQueued && status != Status::kRunning; }

std::string merged_output(const Result& result) {
  std::string merged;
  merged.reserve(result.output.size() + result.errors.size());
  std::size_t output = 0;
  std::size_t errors = 0;
  const auto take = [&merged](const std::string& from, std::size_t& at, std::size_t count) {
    count = std::min(count, from.size() - at);
    merged.append(from, at, count);
    at += count;
  };
  for (const std::int64_t run : result.output_order)
    run > 0 ? take(result.output, output, static_cast<std::size_t>(run))
            : take(result.errors, errors, static_cast<std::size_t>(-run));
  take(result.output, output, result.output.size());
  take(result.errors, errors, result.errors.size());
  return merged;
}

std::string compile_to_json(const CompileResult& compile) {
  json::Writer writer;
  writer.begin_object().member("status", to_string(compile.status));
  stored::put_bytes(writer, "stdout", compile.output);
  stored::put_bytes(writer, "stderr", compile.errors);
  if (compile.exit_code) writer.member("exit_code", *compile.exit_code);
  writer.member("wall_ms", compile.wall_ms).member("cached", compile.cached).end_object();
  return writer.text();
}

CompileResult compile_from_json(std::string_view text) {
  const auto value = json::parse(text);
  CompileResult compile;
  compile.status = stored_status(value);
  compile.output = stored::bytes(value, "stdout");
  compile.errors = stored::bytes(value, "stderr");
  if (stored::has(value, "exit_code"))
    compile.exit_code = static_cast<int>(stored::integer(value, "exit_code"));
  compile.wall_ms = stored::integer(value, "wall_ms");
  compile.cached = stored::boolean(value, "cached");
  return compile;
}

std::string tests_to_json(const std::vector<TestResult>& tests) {
  json::Writer writer;
  writer.begin_array();
  for (const auto& test : tests) {
    writer.begin_object();
    stored::put_text(writer, "name", test.name);
    writer.member("status", to_string(test.status)).member("reason", to_string(test.reason));
    stored::put_text(writer, "message", test.message);
    stored::put_bytes(writer, "stdout", test.output);
    writer.member("wall_ms", test.wall_ms).member("cpu_ms", test.cpu_ms);
    writer.member("memory_kb", test.memory_kb).member("skipped", test.skipped).end_object();
  }
  writer.end_array();
  return writer.text();
}

std::vector<TestResult> tests_from_json(std::string_view text) {
  const auto value = json::parse(text);
  std::vector<TestResult> tests;
  if (!value.array()) throw std::runtime_error("stored tests are no array");
  for (const auto& item : *value.array()) {
    TestResult test;
    test.name = stored::text(item, "name");
    test.status = stored_status(item);
    test.reason = reason_from(stored::text(item, "reason")).value_or(Reason::kNone);
    test.message = stored::text(item, "message");
    test.output = stored::bytes(item, "stdout");
    test.wall_ms = stored::integer(item, "wall_ms");
    test.cpu_ms = stored::integer(item, "cpu_ms");
    test.memory_kb = stored::integer(item, "memory_kb");
    test.skipped = stored::boolean(item, "skipped");
    tests.push_back(std::move(test));
  }
  return tests;
}

std::string artifacts_to_json(const std::vector<Artifact>& artifacts) {
  json::Writer writer;
  writer.begin_array();
  for (const auto& artifact : artifacts) {
    writer.begin_object();
    stored::put_text(writer, "name", artifact.name);
    if (artifact.error.empty())
      stored::put_bytes(writer, "content", artifact.content);
    else
      stored::put_text(writer, "error", artifact.error);
    writer.end_object();
  }
  writer.end_array();
  return writer.text();
}

std::vector<Artifact> artifacts_from_json(std::string_view text) {
  const auto value = json::parse(text);
  std::vector<Artifact> artifacts;
  if (!value.array()) throw std::runtime_error("stored artifacts are no array");
  for (const auto& item : *value.array()) {
    Artifact artifact{stored::text(item, "name"), {}, {}};
    if (stored::has(item, "error"))
      artifact.error = stored::text(item, "error");
    else
      artifact.content = stored::bytes(item, "content");
    artifacts.push_back(std::move(artifact));
  }
  return artifacts;
}

}  // namespace runyard
