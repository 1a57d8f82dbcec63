#include "gateway/engine_session.hpp"

#include <algorithm>
#include <utility>

namespace runyard::gateway::engine_io {
namespace {

constexpr std::string_view kProbe = "probe";
/// A GET is answered with at most about this much; the rest with the next.
constexpr std::size_t kPayloadBytes = 256 << 10;

/// Bytes that a packet takes in the queue: also an empty one costs.
std::size_t weight(const Packet& packet) { return packet.data.size() + sizeof(Packet); }

}  // namespace

Session::Session(std::string sid, Timing timing, Now now)
    : sid_(std::move(sid)),
      timing_(timing),
      now_(std::move(now)),
      next_ping_(now_() + timing_.ping_interval) {}

void Session::listen(Events events) { events_ = std::move(events); }

void Session::send(Packet packet) {
  if (!open_) return;
  if (waiting_bytes_ + weight(packet) > kMaxWaitingBytes) return close("client fetches too slowly");
  waiting_bytes_ += weight(packet);
  if (is_full()) was_full_ = true;
  waiting_.push_back(std::move(packet));
  flush();
}

void Session::close(std::string_view reason) {
  if (!open_) return;
  open_ = false;
  if (poll_) {
    waiting_.push_back(Packet{PacketType::kClose, {}, false});
    answer_poll();
  }
  drop_probe();
  if (auto* link = std::exchange(link_, nullptr)) {
    if (!writing_) link->write(Packet{PacketType::kClose, {}, false});
    link->close();
  }
  waiting_.clear();
  const auto events = std::exchange(events_, {});
  if (events.closed) events.closed(reason);
}

PollAnswer Session::open_polling() {
  const Packet open{PacketType::kOpen, handshake(sid_, Transport::kPolling, timing_), false};
  return {200, encode(open)};
}

void Session::poll(Reply reply) {
  if (!open_ || on_web_socket()) {
    const auto error = open_ ? Error::kBadRequest : Error::kUnknownSid;
    return reply({status_of(error), error_body(error)});
  }
  if (poll_) {
    reply({status_of(Error::kBadRequest), error_body(Error::kBadRequest)});
    return close("two GETs at once");
  }
  poll_ = std::move(reply);
  if (upgrading_ || !waiting_.empty()) answer_poll();
}

void Session::poll_gone() {
  poll_ = nullptr;
  if (!on_web_socket()) close("connection of a GET lost");
}

PollAnswer Session::post(std::string_view body) {
  const PollAnswer bad{status_of(Error::kBadRequest), error_body(Error::kBadRequest)};
  if (!open_) return {status_of(Error::kUnknownSid), error_body(Error::kUnknownSid)};
  if (on_web_socket()) return bad;
  const auto packets = decode_payload(body);
  if (!packets) {
    close("a packet of a POST is none");
    return bad;
  }
  for (const auto& packet : *packets) {
    if (packet.type == PacketType::kClose) {
      // The client ends the session, so its GET learns nothing else.
      if (poll_) std::exchange(poll_, nullptr)({200, encode(Packet{})});
    }
    handle(packet);
    if (!open_) break;
  }
  return {200, "ok"};
}

void Session::open_web_socket(Link& link) {
  link_ = &link;
  waiting_.push_front(
      Packet{PacketType::kOpen, handshake(sid_, Transport::kWebSocket, timing_), false});
  waiting_bytes_ += weight(waiting_.front());
  flush();
}

bool Session::offer(Link& link) {
  if (!open_ || on_web_socket() || probe_) return false;
  probe_ = &link;
  probe_writing_ = false;
  upgrade_until_ = now_() + timing_.upgrade_timeout;
  return true;
}

void Session::received(Link& link, std::string_view bytes, bool binary) {
  if (!open_ || (&link != link_ && &link != probe_)) return;
  auto packet = binary ? Packet{PacketType::kMessage, std::string(bytes), true} : Packet{};
  if (!binary) {
    // "b" and base64 belongs to polling: here bytes come as they are.
    auto decoded = decode(bytes);
    if (!decoded || decoded->binary) {
      if (&link == probe_) return drop_probe();
      return close("a WebSocket message is no packet");
    }
    packet = std::move(*decoded);
  }
  if (&link == probe_) return probe_received(packet);
  handle(packet);
}

void Session::probe_received(const Packet& packet) {
  if (packet.type == PacketType::kPing && packet.data == kProbe && !upgrading_) {
    upgrading_ = true;
    probe_writing_ = true;
    probe_->write(Packet{PacketType::kPong, std::string(kProbe), false});
    if (poll_) answer_poll();
    return;
  }
  if (packet.type == PacketType::kUpgrade && upgrading_) return take_over();
  drop_probe();
}

void Session::take_over() {
  if (poll_) answer_poll();
  link_ = std::exchange(probe_, nullptr);
  writing_ = probe_writing_;
  upgrading_ = false;
  flush();
}

void Session::drop_probe() {
  upgrading_ = false;
  if (auto* probe = std::exchange(probe_, nullptr)) probe->close();
}

void Session::written(Link& link) {
  if (&link == probe_) probe_writing_ = false;
  if (&link != link_) return;
  writing_ = false;
  flush();
}

void Session::gone(Link& link) {
  if (&link == probe_) {
    probe_ = nullptr;
    upgrading_ = false;
  }
  if (&link != link_) return;
  link_ = nullptr;
  close("connection lost");
}

void Session::tick() {
  if (!open_) return;
  const auto now = now_();
  if (probe_ && now >= upgrade_until_) drop_probe();
  if (pong_until_) {
    // At the second look: after a time in which nothing ran here, an answer may lie there unread.
    if (now >= *pong_until_ && std::exchange(overdue_, true)) close("no answer to a ping");
    return;
  }
  if (now < next_ping_) return;
  pong_until_ = now + timing_.ping_timeout;
  overdue_ = false;
  send(Packet{PacketType::kPing, {}, false});
}

void Session::handle(const Packet& packet) {
  switch (packet.type) {
    case PacketType::kMessage:
      if (events_.message) {
        // A copy: what it calls may close the session.
        const auto message = events_.message;
        message(packet);
      }
      return;
    case PacketType::kPong:
      pong_until_.reset();
      next_ping_ = now_() + timing_.ping_interval;
      return;
    case PacketType::kClose:
      return close("closed by the client");
    case PacketType::kPing:
      return close("a ping from the client");
    case PacketType::kOpen:
    case PacketType::kUpgrade:
    case PacketType::kNoop:
      return;
  }
}

void Session::flush() {
  if (!open_ || waiting_.empty()) return;
  if (link_) {
    if (writing_) return;
    writing_ = true;
    link_->write(take_front());
    return tell_drained();
  }
  if (poll_) answer_poll();
}

void Session::answer_poll() {
  const auto reply = std::exchange(poll_, nullptr);
  reply({200, waiting_.empty() ? encode(Packet{}) : take_payload()});
  tell_drained();
}

Packet Session::take_front() {
  auto packet = std::move(waiting_.front());
  waiting_.pop_front();
  const auto bytes = weight(packet);
  waiting_bytes_ -= std::min(bytes, waiting_bytes_);
  return packet;
}

std::string Session::take_payload() {
  auto body = encode(take_front());
  while (!waiting_.empty() && body.size() < kPayloadBytes) {
    body += kSeparator;
    body += encode(take_front());
  }
  return body;
}

void Session::tell_drained() {
  if (!open_ || !was_full_ || is_full()) return;
  was_full_ = false;
  if (!events_.drained) return;
  const auto drained = events_.drained;
  drained();
}

}  // namespace runyard::gateway::engine_io
