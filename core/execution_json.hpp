#pragma once
// The execution object of the API.
#include <string>

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
/// encoding: text where it is UTF-8 (and kText was asked), else base64.
void write_execution(json::Writer& writer, const Execution& execution, OutputEncoding encoding);

/// The first five members alone, `execution_id` to `execution_time`, into an object that is open.
void write_execution_head(json::Writer& writer, const Execution& execution,
                          OutputEncoding encoding);

std::string execution_to_json(const Execution& execution, OutputEncoding encoding);

}  // namespace runyard
