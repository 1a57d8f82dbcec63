#pragma once
// What the HTTP requests of Engine.IO say, and its errors as the reference server (npm engine.io 6)
// answers them. Pure.
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace runyard::gateway::engine_io {

/// The numbers are the protocol's; clients show the message.
enum class Error {
  kUnknownTransport = 0,
  kUnknownSid = 1,
  kBadHandshakeMethod = 2,
  kBadRequest = 3,
  kForbidden = 4,
  kUnsupportedProtocol = 5
};

/// 403 for kForbidden, else 400.
int status_of(Error error);
/// {"code":1,"message":"Session ID unknown"}
std::string error_body(Error error);

enum class Transport { kPolling, kWebSocket };

struct Query {
  std::string protocol;   ///< EIO
  std::string transport;  ///< as it was sent
  std::string sid;        ///< "" for a new session
};

/// Reads what follows the "?" of a request; of a parameter that is given twice the first counts,
/// others are ignored (`t` only keeps caches away).
Query parse_query(std::string_view text);

/// What is wrong with a request, in the order in which the reference server looks. `upgrade`: it
/// asks for a WebSocket; `known`: there is a session of its sid. Methods: GET, and POST to an
/// existing session.
std::optional<Error> check(std::string_view method, bool upgrade, const Query& query, bool known);

/// The only protocol spoken.
constexpr const char* kProtocol = "4";
/// Bytes of a POST, and of one WebSocket message.
constexpr std::size_t kMaxPayload = 1'000'000;

struct Timing {
  std::chrono::milliseconds ping_interval{25'000};
  std::chrono::milliseconds ping_timeout{20'000};
  /// From the first message on a second transport until it has taken over.
  std::chrono::milliseconds upgrade_timeout{10'000};
};

/// The data of the open packet: {"sid","upgrades","pingInterval","pingTimeout","maxPayload"}.
std::string handshake(std::string_view sid, Transport transport, const Timing& timing);

}  // namespace runyard::gateway::engine_io
