#pragma once
// From the JSON of a submission (API.md, "Submission body") to a Submission, or to the list of all
// its mistakes. Pure: no clock, no database.
#include <cstddef>
#include <functional>

#include "core/json.hpp"
#include "core/language.hpp"
#include "core/submission.hpp"
#include "fcgi-app/object_reader.hpp"

namespace runyard {

struct SubmissionRules {
  std::size_t max_code_bytes = 51'200;      ///< all files together; again for a checker's program
  std::size_t max_stdin_bytes = 1'048'576;  ///< of each run
};

/// Whether some worker can run the language now.
using IsAvailable = std::function<bool(const Language&)>;

struct ParsedSubmission {
  Submission submission;  ///< complete only when there are no errors
  BodyErrors errors;
};

ParsedSubmission parse_submission(const json::Value& body, const LanguageCatalog& catalog,
                                  const IsAvailable& is_available, const SubmissionRules& rules);

}  // namespace runyard
