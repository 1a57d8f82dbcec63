#pragma once
// Packets of the Socket.IO protocol, revision 5 (github.com/socketio/socket.io-protocol), which
// travel as messages of Engine.IO. Pure. Binary ones are read as far as to say so to the client:
// nothing here takes binary data.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/json.hpp"

namespace runyard::gateway::socket_io {

enum class PacketType {
  kConnect,
  kDisconnect,
  kEvent,
  kAck,
  kConnectError,
  kBinaryEvent,
  kBinaryAck
};

struct Packet {
  PacketType type = PacketType::kEvent;
  std::string name_space = "/";
  std::optional<std::int64_t> ack;  ///< whose answer this is, or that an answer is asked for
  json::Value data;                 ///< null when the packet has none
  int attachments = 0;              ///< binary messages that follow; binary packets only
};

/// More binary messages than these to one packet are an error: nobody needs the first.
constexpr int kMaxAttachments = 10;

/// nullopt for what the protocol does not know: another type, no number of attachments where one
/// must be or too large a one, data that is not JSON or not what its type has (an event: an array
/// with a name; an acknowledgement: an array and an id; a connection: an object or nothing; a
/// disconnection: nothing).
std::optional<Packet> decode(std::string_view text);

/// 2["name",{...}]: an event with one argument, which is JSON already.
std::string encode_event(std::string_view name, std::string_view json_argument);
/// 3<id>[{...}]
std::string encode_ack(std::int64_t id, std::string_view json_argument);
/// 0{"sid":"..."}: the answer to a connection.
std::string encode_connected(std::string_view sid);
/// 4/name,{"message":"..."}: the refusal of one. `name_space` is as decode() gave it.
std::string encode_connect_error(std::string_view name_space, std::string_view message);

}  // namespace runyard::gateway::socket_io
