#pragma once
// What the clients of the older interactive interface (API.md 2.5) are told, as Socket.IO packets.
// Pure.
#include <string>
#include <string_view>
#include <vector>

#include "gateway/live_run.hpp"

namespace runyard::gateway::interactive {

/// What a program may take there, of wall and of CPU time.
constexpr int kSeconds = 300;

/// execution-start {executionId}, and the first output.
std::vector<std::string> started(std::string_view execution_id);

/// output {data,type?} for what the program wrote; neighbours of one stream become one.
std::vector<std::string> outputs(const std::vector<LiveEvent>& events);

/// What is to be said about the end, and execution-complete {status,exitCode,executionId}: the
/// compiler's messages as stderr, a limit that ended it with type "error". `execution` is the
/// object of GET /executions/{id}.
std::vector<std::string> ended(std::string_view execution_id, const std::string& execution);

/// error {message}.
std::string error(std::string_view message);
/// error {message}, and execution-complete {status:"error"}: there is no execution.
std::vector<std::string> refused(std::string_view message);

/// What a refusal of the API says to the client that sent `language`.
std::string message_of(const Problem& problem, const std::string& language);

/// The body of the submission. Whatever the members are, the API judges them; it sets the limits.
std::string submission(const json::Value& language, const json::Value& code);

}  // namespace runyard::gateway::interactive
