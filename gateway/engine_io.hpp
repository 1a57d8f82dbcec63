#pragma once
// Packets of the Engine.IO protocol, revision 4 (github.com/socketio/engine.io-protocol): what is
// carried by polling and by WebSocket alike. Pure.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace runyard::gateway::engine_io {

enum class PacketType { kOpen, kClose, kPing, kPong, kMessage, kUpgrade, kNoop };

struct Packet {
  PacketType type = PacketType::kNoop;
  std::string data;     ///< UTF-8, but for a binary message
  bool binary = false;  ///< messages only: bytes rather than text
};

/// A text message.
Packet message(std::string text);

/// As a WebSocket text frame or a part of a payload: a digit and the data; a binary message is "b"
/// and base64. (A binary message is a binary frame of its bare bytes on a WebSocket: that needs no
/// coding.)
std::string encode(const Packet& packet);

/// The reverse. nullopt for what is no packet: empty, an unknown type, broken base64, no UTF-8.
std::optional<Packet> decode(std::string_view text);

/// What parts the packets of one HTTP body.
constexpr char kSeparator = '\x1e';

/// The body of a POST. nullopt when one of its packets is none, or there are more than kMaxPackets.
std::optional<std::vector<Packet>> decode_payload(std::string_view body);

/// A megabyte of separators must not become a million packets.
constexpr std::size_t kMaxPackets = 4096;

}  // namespace runyard::gateway::engine_io
