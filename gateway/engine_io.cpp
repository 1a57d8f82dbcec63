#include "gateway/engine_io.hpp"

#include <algorithm>
#include <utility>

#include "core/text.hpp"

namespace runyard::gateway::engine_io {

Packet message(std::string text) { return Packet{PacketType::kMessage, std::move(text), false}; }

std::string encode(const Packet& packet) {
  if (packet.binary) return "b" + base64_encode(packet.data);
  return static_cast<char>('0' + static_cast<int>(packet.type)) + packet.data;
}

std::optional<Packet> decode(std::string_view text) {
  if (text.empty()) return std::nullopt;
  const char type = text.front();
  text.remove_prefix(1);
  if (type == 'b') {
    auto bytes = base64_decode(text);
    if (!bytes) return std::nullopt;
    return Packet{PacketType::kMessage, std::move(*bytes), true};
  }
  if (type < '0' || type > '6' || !is_utf8(text)) return std::nullopt;
  return Packet{static_cast<PacketType>(type - '0'), std::string(text), false};
}

std::optional<std::vector<Packet>> decode_payload(std::string_view body) {
  const auto count = std::count(body.begin(), body.end(), kSeparator) + 1;
  if (static_cast<std::size_t>(count) > kMaxPackets) return std::nullopt;
  std::vector<Packet> packets;
  for (;;) {
    const auto end = body.find(kSeparator);
    auto packet = decode(body.substr(0, end));
    if (!packet) return std::nullopt;
    packets.push_back(std::move(*packet));
    if (end == std::string_view::npos) return packets;
    body.remove_prefix(end + 1);
  }
}

}  // namespace runyard::gateway::engine_io
