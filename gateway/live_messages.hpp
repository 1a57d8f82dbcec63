#pragma once
// The messages of /api/v1/live, as text. Pure.
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/live_store.hpp"
#include "gateway/problem.hpp"

namespace runyard::gateway {

/// The API checks the rest of it.
struct RunMessage {
  bool detach = false;
};
struct AttachMessage {
  std::string execution_id;
  std::int64_t from = 0;  ///< the last event that the client has
};
struct AuthMessage {
  std::string token;  ///< token or key
};
/// stdin, eof, resize and signal.
struct InputMessage {
  LiveInputKind kind = LiveInputKind::kStdin;
  std::string data;  ///< as LiveInput has it
};
using ClientMessage = std::variant<RunMessage, AttachMessage, AuthMessage, InputMessage, Problem>;

/// Terminals have so many columns and rows at most.
constexpr std::int64_t kMaxTerminalSide = 1000;
/// Of one message: as much as may wait for a program.
constexpr std::size_t kMaxStdinBytes = 256 * 1024;

/// One message, strictly: 400 for what is no JSON object, 422 naming each field that is wrong,
/// missing or unknown.
ClientMessage parse_client_message(std::string_view text);

std::string started_message(const std::string& execution_id);
/// In order; neighbours of one stream are one message, with the id of its last event. Events
/// without a message of their own are left out.
std::vector<std::string> event_messages(const std::vector<LiveEvent>& events);
/// `execution`: a JSON object.
std::string exit_message(std::string_view execution, std::int64_t id);
std::string error_message(const Problem& problem);

// What the gateway needs of an execution as the API writes it: read without building all of it,
// which can be megabytes of output. The API's text is trusted to be the object that it documents.

/// "" when there is none.
std::string execution_id_of(std::string_view execution);
/// 1 when none is named.
int attempt_of(std::string_view execution);
/// Its status is neither QUEUED nor RUNNING.
bool is_over(std::string_view execution);

}  // namespace runyard::gateway
