#include "gateway/interactive_client.hpp"

#include <algorithm>
#include <utility>

#include "core/ids.hpp"
#include "gateway/interactive_events.hpp"

namespace runyard::gateway {
namespace {

using socket_io::PacketType;

constexpr const char* kMissing = "Language and code are required";
constexpr const char* kNoBinary = "binary data is not taken: send text";

/// As those servers saw it, which asked for a truthy value.
bool is_missing(const json::Value* value) {
  return !value || value->is_null() || (value->string() && value->string()->empty());
}

/// What can stand in a header.
bool is_token(const std::string& text) {
  constexpr std::size_t kMaxBytes = 8 << 10;
  return text.size() <= kMaxBytes &&
         std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < '\x7f'; });
}

}  // namespace

void InteractiveClient::message(std::string_view text, bool binary) {
  if (gone_) return;
  if (binary != (attachments_ > 0)) return carrier_.close("a message out of turn");
  if (binary) {
    if (--attachments_ == 0) refuse_binary();
    return;
  }
  auto decoded = socket_io::decode(text);
  if (!decoded) return carrier_.close("a message is no packet");
  packet(std::move(*decoded));
}

void InteractiveClient::packet(socket_io::Packet packet) {
  const bool is_main = packet.name_space == "/";
  if (packet.type == PacketType::kConnect && !is_main)
    return carrier_.send(socket_io::encode_connect_error(packet.name_space, "Invalid namespace"));
  const bool fits = (packet.type == PacketType::kConnect) != joined_;
  if (!is_main || !fits) return carrier_.close("a packet of no namespace that is open");
  switch (packet.type) {
    case PacketType::kConnect:
      return join(packet);
    case PacketType::kDisconnect:
      joined_ = false;
      return leave_all();
    case PacketType::kEvent:
      return event(packet);
    case PacketType::kBinaryEvent:
    case PacketType::kBinaryAck:
      attachments_ = packet.attachments;
      if (attachments_ == 0) refuse_binary();
      return;
    case PacketType::kAck:
      // Nothing here asks a client for one.
      return;
    case PacketType::kConnectError:
      return carrier_.close("a packet that only a server sends");
  }
}

void InteractiveClient::join(const socket_io::Packet& packet) {
  // A browser cannot set headers: `auth: {token}` stands for one.
  const auto* token = packet.data.find("token");
  if (token && !token->is_null()) {
    if (!token->string() || !is_token(*token->string()))
      return carrier_.send(
          socket_io::encode_connect_error("/", "auth.token must be a token or key"));
    if (!token->string()->empty()) caller_.authorization = "Bearer " + *token->string();
  }
  joined_ = true;
  constexpr std::size_t kIdBytes = 16;
  carrier_.send(socket_io::encode_connected(random_hex(kIdBytes)));
}

void InteractiveClient::event(const socket_io::Packet& packet) {
  static const json::Value kNothing;
  const auto& array = *packet.data.array();
  const auto& argument = array.size() > 1 ? array[1] : kNothing;
  const auto* name = array.front().string();
  if (name && *name == "execute-interactive") return execute(argument, packet.ack);
  if (name && *name == "input") return input(argument, packet.ack);
  // Others are nobody's, as with every Socket.IO server.
}

void InteractiveClient::refuse_binary() { carrier_.send(interactive::error(kNoBinary)); }

void InteractiveClient::execute(const json::Value& request, std::optional<std::int64_t> ack) {
  const auto* language = request.find("language");
  const auto* code = request.find("code");
  std::string why;
  if (is_missing(language) || is_missing(code)) {
    why = kMissing;
  } else if (runs_.size() >= kMaxRuns) {
    why = "at most " + std::to_string(kMaxRuns) +
          " programs run at once on one connection: wait for the end of one";
  }
  if (!why.empty()) {
    answer(ack, why);
    for (auto& packet : interactive::refused(why)) carrier_.send(std::move(packet));
    return;
  }
  const auto number = next_run_++;
  InteractiveRun::Client client;
  client.send = carrier_.send;
  client.is_full = carrier_.is_full;
  client.over = [weak = weak_from_this(), number] {
    if (const auto self = weak.lock()) self->runs_.erase(number);
  };
  auto run = std::make_shared<InteractiveRun>(std::move(client));
  runs_.emplace(number, run);
  run->start(
      [this](std::weak_ptr<LiveRunListener> listener) {
        return carrier_.make_run(caller_, std::move(listener));
      },
      *language, *code, ack);
}

void InteractiveClient::input(const json::Value& request, std::optional<std::int64_t> ack) {
  const auto* data = request.find("data");
  const auto* id = request.find("executionId");
  auto* run = id && id->string() ? find(*id->string()) : nullptr;
  // Somebody else's, or over: dropped, as that server did.
  if (!run) return answer(ack, "executionId names no program that runs on this connection");
  std::string why;
  if (!data || !data->string())
    why = "data must be a text";
  else if (!run->input(*data->string() + '\n', ack))
    why = "the input was dropped: the program has not read what was typed before";
  if (why.empty()) return;
  answer(ack, why);
  carrier_.send(interactive::error(why));
}

void InteractiveClient::answer(std::optional<std::int64_t> ack, std::string_view message) {
  if (!ack) return;
  json::Writer writer;
  writer.begin_object().member("status", "error").member("message", message).end_object();
  carrier_.send(socket_io::encode_ack(*ack, writer.text()));
}

InteractiveRun* InteractiveClient::find(const std::string& execution_id) const {
  if (execution_id.empty()) return nullptr;
  for (const auto& [number, run] : runs_)
    if (run->id() == execution_id) return run.get();
  return nullptr;
}

std::size_t InteractiveClient::kept_bytes() const {
  std::size_t bytes = 0;
  for (const auto& [number, run] : runs_) bytes += run->kept_bytes();
  return bytes;
}

void InteractiveClient::drained() {
  // A copy: what a run is told may end it.
  const auto runs = runs_;
  for (const auto& [number, run] : runs) run->drained();
}

void InteractiveClient::left() {
  gone_ = true;
  leave_all();
}

void InteractiveClient::leave_all() {
  for (const auto& [number, run] : std::exchange(runs_, {})) run->leave();
}

}  // namespace runyard::gateway
