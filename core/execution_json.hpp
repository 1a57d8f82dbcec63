#pragma once
// The execution object of the API.
#include <cstddef>
#include <string>

#include "core/answer_size.hpp"
#include "core/execution.hpp"
#include "core/json.hpp"
#include "core/live_events.hpp"

namespace runyard {

enum class OutputEncoding {
  kText,    ///< valid UTF-8 as it is, each other byte as U+FFFD
  kBase64,  ///< byte-exact
};

/// Writes the object with its keys in the order that the API promises. What is not known before the
/// end is null until then; `tests` and `artifacts` are arrays always. An artifact names its own
/// encoding: text where it is UTF-8, kText was asked and base64 would not be shorter; else base64.
///
/// The object has at most `max_bytes`, as it is written. Outputs that would make it larger are cut
/// between two characters and marked as truncated, outputs of the compiler and of tests by a member
/// `stdout_truncated` or `stderr_truncated` that they have only then; files for which there is no
/// space have their `size` and `url` instead of a content.
void write_execution(json::Writer& writer, const Execution& execution, OutputEncoding encoding,
                     std::size_t max_bytes = kMaxAnswerBytes);

/// The first five members alone, `execution_id` to `execution_time`, into an object that is open.
void write_execution_head(json::Writer& writer, const Execution& execution, OutputEncoding encoding,
                          std::size_t max_bytes = kMaxAnswerBytes);

std::string execution_to_json(const Execution& execution, OutputEncoding encoding,
                              std::size_t max_bytes = kMaxAnswerBytes);

/// Where the file of that name is, below the root of the service.
std::string artifact_url(const std::string& execution_id, const std::string& name);

}  // namespace runyard
