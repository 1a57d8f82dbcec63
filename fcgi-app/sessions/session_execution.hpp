#pragma once
// What is different about executions that were submitted through a code session. Pure.
#include <string>

#include "core/execution.hpp"
#include "core/execution_json.hpp"
#include "core/language.hpp"

namespace runyard {

/// What `code` in this language is run with: the language's limits, but 10 seconds.
Submission session_submission(const Language& language, const std::string& asked_language,
                              const std::string& code);

/// The answer of five members that clients of code sessions know: execution_id, status, stdout,
/// stderr, execution_time. They have no place for `message` and `compile`, so stderr begins with
/// "Execution timed out after 10 seconds.\n" after a time limit, has the compiler's messages where
/// it failed, and the message where a limit left no other trace. A Python file is called "<stdin>"
/// in it, as it would be without a file.
std::string session_execution_to_json(const Execution& execution, OutputEncoding encoding,
                                      const LanguageCatalog& catalog);

}  // namespace runyard
