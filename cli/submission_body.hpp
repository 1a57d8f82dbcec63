#pragma once
// What is sent to POST /api/v1/executions.
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace runyard::cli {

struct SourceFile {
  std::string name;  ///< relative, as the program sees it; empty: as its language names it
  std::string content;
};

struct SubmissionBody {
  std::string language;
  std::string version;
  std::vector<SourceFile> files;  ///< the first one is the program
  std::string input;
  std::vector<std::string> arguments;
  std::vector<std::string> compile_arguments;
  std::vector<std::pair<std::string, std::string>> environment;
  std::optional<std::int64_t> time_ms;
  std::optional<std::int64_t> memory_kb;
  std::string tests;  ///< a JSON array; empty: none
  std::string checker;
  std::string problem_id;
  std::vector<std::string> artifacts;
};

/// The body as JSON. Throws Failure for texts that JSON cannot hold.
std::string to_json(const SubmissionBody& body);

/// Throws Failure, which begins with `name`, unless it is UTF-8.
void require_utf8(const std::string& text, const std::string& name);

}  // namespace runyard::cli
