#pragma once
// What the clients of the older interactive interface (API.md 2.5) are told, as Socket.IO packets.
// Pure.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/live_run.hpp"

namespace runyard::gateway::interactive {

/// What a program may take there, of wall and of CPU time.
constexpr int kSeconds = 300;

/// execution-start {executionId}, and the first output.
std::vector<std::string> started(std::string_view execution_id);

/// How much of a text a client was told: its length and a digest, since it may be large.
class ToldText final {
 public:
  void add(std::string_view text);
  /// What `whole` has behind it; nothing when `whole` does not begin with it.
  std::string_view rest(std::string_view whole) const;

 private:
  std::size_t size_ = 0;
  std::uint64_t digest_ = 0xcbf29ce484222325;
};

/// What a program wrote, as its client was told.
struct ToldOutput {
  ToldText out;
  ToldText err;
};

/// output {data,type?} for what the program wrote; neighbours of one stream become one. Adds it to
/// `told`.
std::vector<std::string> outputs(const std::vector<LiveEvent>& events, ToldOutput& told);

/// What is to be said about the end, and execution-complete {status,exitCode,executionId}: what was
/// not told of the outputs (they come from the database, which may be away for a while), the
/// compiler's messages as stderr, a limit that ended it with type "error". `execution` is the
/// object of GET /executions/{id}.
std::vector<std::string> ended(std::string_view execution_id, const std::string& execution,
                               const ToldOutput& told);

/// error {message}.
std::string error(std::string_view message);
/// error {message}, and execution-complete {status:"error"}: there is no execution.
std::vector<std::string> refused(std::string_view message);

/// What a refusal of the API says to the client that sent `language`.
std::string message_of(const Problem& problem, const std::string& language);

/// The body of the submission. Whatever the members are, the API judges them; it sets the limits.
std::string submission(const json::Value& language, const json::Value& code);

}  // namespace runyard::gateway::interactive
