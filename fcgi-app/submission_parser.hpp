#pragma once
// From the JSON of a submission (API.md, "Submission body") to a Submission, or to the list of all
// its mistakes. Pure but for the two functions that it is given: no clock, no database.
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "core/json.hpp"
#include "core/language.hpp"
#include "core/problem_store.hpp"
#include "core/submission.hpp"
#include "fcgi-app/object_reader.hpp"

namespace runyard {

struct SubmissionRules {
  std::size_t max_code_bytes = 51'200;      ///< all files together; again for a checker's program
  std::size_t max_stdin_bytes = 1'048'576;  ///< of each run
  bool live = false;  ///< somebody talks to the run: it has no tests and may take longer
  std::int64_t total_ms = 600'000;            ///< of a whole execution
  std::int64_t problem_total_ms = 3'600'000;  ///< the most that a problem's author may ask for
};

/// Whether some worker can run the language now.
using IsAvailable = std::function<bool(const Language&)>;

/// The problem of that id as this submitter gets it, see problems/problem_submission.hpp.
using FindProblem = std::function<std::optional<StoredProblem>(const std::string& id)>;

/// The most `wall_ms` of a live run.
constexpr std::int64_t kMaxLiveWallMs = 300'000;

struct ParsedSubmission {
  Submission submission;     ///< complete only when there are no errors
  std::string problem_id;    ///< empty: none
  bool listed = true;        ///< save_history
  std::string callback_url;  ///< empty: none
  BodyErrors errors;
};

/// `callback_url` as it is to be used; empty when there is none or it is wrong.
std::string read_callback_url(ObjectReader& body, BodyErrors& errors);

/// Without `find_problem` no problem_id is taken.
ParsedSubmission parse_submission(const json::Value& body, const LanguageCatalog& catalog,
                                  const IsAvailable& is_available, const SubmissionRules& rules,
                                  const FindProblem& find_problem = {});

}  // namespace runyard
