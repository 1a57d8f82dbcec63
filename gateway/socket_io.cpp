#include "gateway/socket_io.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace runyard::gateway::socket_io {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Takes the digits at the front; nullopt when there are none, or more than a number holds.
std::optional<std::int64_t> take_number(std::string_view& text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || !is_digit(text.front())) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return number;
}

bool is_binary(PacketType type) {
  return type == PacketType::kBinaryEvent || type == PacketType::kBinaryAck;
}

bool has_name(const json::Value& data) {
  const auto* array = data.array();
  return array && !array->empty() && (array->front().string() || array->front().integer());
}

bool fits(const Packet& packet) {
  switch (packet.type) {
    case PacketType::kConnect:
      return packet.data.is_null() || packet.data.object();
    case PacketType::kDisconnect:
      return packet.data.is_null();
    case PacketType::kEvent:
    case PacketType::kBinaryEvent:
      return has_name(packet.data);
    case PacketType::kAck:
    case PacketType::kBinaryAck:
      return packet.ack && packet.data.array();
    case PacketType::kConnectError:
      return packet.data.object() || packet.data.string();
  }
  return false;
}

}  // namespace

std::optional<Packet> decode(std::string_view text) {
  if (text.empty() || text.front() < '0' || text.front() > '6') return std::nullopt;
  Packet packet;
  packet.type = static_cast<PacketType>(text.front() - '0');
  text.remove_prefix(1);
  if (is_binary(packet.type)) {
    const auto number = take_number(text);
    if (!number || *number > kMaxAttachments || text.empty() || text.front() != '-')
      return std::nullopt;
    packet.attachments = static_cast<int>(*number);
    text.remove_prefix(1);
  }
  if (!text.empty() && text.front() == '/') {
    const auto end = text.find(',');
    packet.name_space = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    // What may follow the name as in a URL is no part of it.
    packet.name_space.resize(std::min(packet.name_space.find('?'), packet.name_space.size()));
  }
  if (!text.empty() && is_digit(text.front())) {
    packet.ack = take_number(text);
    if (!packet.ack) return std::nullopt;
  }
  if (!text.empty()) {
    try {
      packet.data = json::parse(text);
    } catch (const json::ParseError&) {
      return std::nullopt;
    }
  }
  if (!fits(packet)) return std::nullopt;
  return packet;
}

std::string encode_event(std::string_view name, std::string_view json_argument) {
  json::Writer writer;
  writer.begin_array().string(name).raw(json_argument).end_array();
  return "2" + writer.text();
}

std::string encode_ack(std::int64_t id, std::string_view json_argument) {
  return "3" + std::to_string(id) + "[" + std::string(json_argument) + "]";
}

std::string encode_connected(std::string_view sid) {
  json::Writer writer;
  writer.begin_object().member("sid", sid).end_object();
  return "0" + writer.text();
}

std::string encode_connect_error(std::string_view name_space, std::string_view message) {
  json::Writer writer;
  writer.begin_object().member("message", message).end_object();
  const auto name = name_space == "/" ? std::string() : std::string(name_space) + ",";
  return "4" + name + writer.text();
}

}  // namespace runyard::gateway::socket_io
