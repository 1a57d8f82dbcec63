#pragma once
// One execution and how it ended.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/submission.hpp"

namespace runyard {

enum class Status { kQueued, kRunning, kCompleted, kFailed, kTimeout, kCancelled };

enum class Reason {
  kNone,
  kCompileError,
  kRuntimeError,
  kWrongAnswer,
  kMemoryLimit,
  kOutputLimit,
  kProcessLimit,
  kDiskLimit,
  kForbiddenSyscall,
  kWallTime,
  kCpuTime,
  kCompileTime,
  kCancelled,
  kSandboxFailure,
  kWorkerLost,
};

/// Which interface an execution came through. Each of the older ones lists only its own.
enum class Origin { kNative, kSession, kSpec, kLearning, kSubmit, kExecute };

/// As in the API and in SQL: "QUEUED", "COMPILE_ERROR"; kNone is "".
std::string_view to_string(Status status);
std::string_view to_string(Reason reason);
std::string_view to_string(Origin origin);
std::optional<Status> status_from(std::string_view name);
std::optional<Reason> reason_from(std::string_view name);
std::optional<Origin> origin_from(std::string_view name);
/// True for every status from which there is no way on.
bool is_terminal(Status status);

/// What came of the compile step.
struct CompileResult {
  Status status = Status::kCompleted;
  std::string output;  ///< stdout, any bytes
  std::string errors;  ///< stderr, any bytes
  std::optional<int> exit_code;
  std::int64_t wall_ms = 0;
  bool cached = false;  ///< taken from an earlier compilation: nothing was compiled
};

struct TestResult {
  std::string name;
  Status status = Status::kCompleted;
  Reason reason = Reason::kNone;
  std::string message;
  std::string output;  ///< stdout, any bytes
  std::int64_t wall_ms = 0;
  std::int64_t cpu_ms = 0;
  std::int64_t memory_kb = 0;
  bool skipped = false;  ///< not run: an earlier one failed and stop_on_failure was asked
};

struct Artifact {
  std::string name;
  std::string content;  ///< any bytes
  std::string error{};  ///< why it is not here; empty: it is
};

/// How an execution ended: written once, by whoever ended it.
struct Result {
  Status status = Status::kFailed;
  Reason reason = Reason::kNone;
  std::string message;  ///< for people: which limit, its value, the value measured
  std::string output;   ///< stdout, any bytes, at most limits.output_bytes
  std::string errors;   ///< stderr, likewise
  /// Runs of bytes in their order of arrival: above 0 so many of `output`, below 0 of `errors`.
  /// Empty when at most one of the two has any.
  std::vector<int> output_order;
  bool output_truncated = false;
  bool errors_truncated = false;
  std::optional<int> exit_code;
  std::optional<int> signal;
  std::optional<std::int64_t> wall_ms;  ///< of the run step, or the longest test
  std::optional<std::int64_t> cpu_ms;
  std::optional<std::int64_t> memory_kb;
  std::optional<CompileResult> compile;
  std::vector<TestResult> tests;
  std::optional<double> score;      ///< 0..1, weighted; only with tests
  std::vector<Artifact> artifacts;  ///< in the end those that did not come, with their errors
  bool sandbox_reused = false;
  std::string runtime;  ///< the container runtime, e.g. "runc"
};

/// Both outputs as a terminal would have shown them: in their order of arrival as far as it is
/// known, what is left of `output` and then of `errors` behind it.
std::string merged_output(const Result& result);

/// An execution as the API shows it.
struct Execution {
  std::string id;
  std::string owner;
  Status status = Status::kQueued;
  std::string language;
  std::string version;
  std::string project_id;
  Origin origin = Origin::kNative;
  std::string session_id;  ///< the code session it was run in; empty: none
  std::string problem_id;  ///< the problem it answers; empty: none
  Isolation isolation = Isolation::kReuse;
  int attempt = 0;
  std::optional<Result> result;           ///< only when the status is terminal
  std::optional<std::int64_t> queue_ms;   ///< from submission to the last claim
  std::string created_at;                 ///< RFC 3339, milliseconds, UTC
  std::optional<std::string> started_at;  ///< of the last attempt
  std::optional<std::string> finished_at;
};

/// The parts of a Result that are stored as JSON text, and back. Outputs that are not UTF-8 are
/// marked and written as base64.
std::string compile_to_json(const CompileResult& compile);
CompileResult compile_from_json(std::string_view text);
std::string tests_to_json(const std::vector<TestResult>& tests);
std::vector<TestResult> tests_from_json(std::string_view text);
std::string artifacts_to_json(const std::vector<Artifact>& artifacts);
std::vector<Artifact> artifacts_from_json(std::string_view text);

}  // namespace runyard
