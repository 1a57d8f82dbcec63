#pragma once
// What somebody asked to be run, complete and checked: the API makes it, PostgreSQL keeps it, a
// worker runs it.
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/limits.hpp"

namespace runyard {

struct SourceFile {
  std::string name;     ///< relative, `/` between folders, no `.` or `..`
  std::string content;  ///< any bytes
};

enum class CheckerKind { kExact, kTrim, kTokens, kFloat, kUnorderedLines, kProgram };

/// How a test's output is compared with the expected one.
struct Checker {
  CheckerKind kind = CheckerKind::kTrim;
  double tolerance = 1e-6;  ///< kFloat: absolute or relative, whichever is met
  std::string language;     ///< kProgram: what `code` is written in
  std::string code;  ///< kProgram: gets the files input, output, expected; exit code 0 accepts
  /// Of another author's problem: whoever submits learns its verdicts, and nothing of its text.
  bool hidden = false;
};

struct TestCase {
  std::string name;
  std::string stdin_data;                      ///< any bytes
  std::optional<std::string> expected_output;  ///< none: the exit code alone decides
  std::vector<std::string> args;               ///< instead of the submission's
  double weight = 1;
  /// Of another author's problem: whoever submits learns how it ended, and nothing of what it
  /// holds.
  bool hidden = false;
};

enum class Isolation { kReuse, kFresh };
enum class Priority { kHigh, kNormal, kLow };

/// A run that somebody talks to: its stdin stays open behind stdin_data until it is closed from
/// outside.
struct LiveRun {
  bool tty = false;  ///< stdin, stdout and stderr are one terminal
  int cols = 80;
  int rows = 24;
};

struct Submission {
  std::string language;           ///< a manifest's id, never an alias
  std::string version;            ///< that manifest's version
  std::string asked_language;     ///< the name as the client wrote it
  std::vector<SourceFile> files;  ///< at least one
  std::string entry;              ///< the name of one of them
  std::string stdin_data;         ///< any bytes
  std::vector<std::string> args;
  std::vector<std::pair<std::string, std::string>> env;
  std::vector<std::string> compile_args;  ///< each allowed by the manifest
  Limits limits;                          ///< resolved: defaults filled in
  std::vector<TestCase> tests;
  Checker checker;
  bool stop_on_failure = false;
  std::vector<std::string> artifacts;  ///< names of files to return
  Isolation isolation = Isolation::kReuse;
  std::string isolation_key;
  Priority priority = Priority::kNormal;
  std::string project_id;         ///< the submitter's own label, may be empty
  std::optional<LiveRun> live{};  ///< only without tests
};

/// The names that stand in JSON and SQL. `from` versions: nullopt for another name.
std::string_view to_string(CheckerKind kind);
std::string_view to_string(Isolation isolation);
std::string_view to_string(Priority priority);
std::optional<CheckerKind> checker_kind_from(std::string_view name);
std::optional<Isolation> isolation_from(std::string_view name);
std::optional<Priority> priority_from(std::string_view name);

/// The submission as the JSON text of column executions.request. Contents that are not UTF-8 text
/// are written as base64; from_json gives back exactly what to_json got.
std::string to_json(const Submission& submission);

/// Throws json::ParseError or std::runtime_error when the text was not made by to_json.
Submission submission_from_json(std::string_view text);

/// Its parts, for problems, which have tests and a checker without a submission.
std::string test_cases_to_json(const std::vector<TestCase>& tests);
std::vector<TestCase> test_cases_from_json(std::string_view text);
std::string checker_to_json(const Checker& checker);
Checker checker_from_json(std::string_view text);

}  // namespace runyard
