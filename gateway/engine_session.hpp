#pragma once
// One Engine.IO session: heartbeat, what waits for the client, and the two transports with the
// change from one to the other. Knows neither sockets nor timers: its owner brings what arrived and
// calls tick(), so that every order of events can be tested.
//
// The change of transport, without losing or doubling a packet: a packet leaves the queue for
// exactly one transport. While the client probes the WebSocket, polling goes on; from the probe on
// every GET is answered at once (with a noop if with nothing else), since the client waits for its
// last GET before it sends the upgrade packet. What comes meanwhile stays in the queue, and goes to
// the WebSocket after that packet.
//
// Threads: one at a time; the calls of `Events` come from within its own functions.
#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/engine_io.hpp"
#include "gateway/engine_request.hpp"

namespace runyard::gateway::engine_io {

/// The answer to a GET or a POST.
struct PollAnswer {
  int status = 200;
  std::string body;
};

/// One WebSocket, as its session sees it.
class Link {
 public:
  virtual ~Link() = default;
  /// Sends one packet, and calls Session::written() later (never from within) when it is on its
  /// way. Not called again before that.
  virtual void write(const Packet& packet) = 0;
  /// Closes the connection after what is being written. The session has forgotten it then.
  virtual void close() = 0;
};

class Session final {
 public:
  using Clock = std::chrono::steady_clock;
  using Now = std::function<Clock::time_point()>;
  using Reply = std::function<void(PollAnswer)>;

  struct Events {
    /// A message of the client, in its order.
    std::function<void(const Packet&)> message;
    /// It is not full any more.
    std::function<void()> drained;
    /// Once; after it no other event comes. The reason is for the log.
    std::function<void(std::string_view reason)> closed;
  };

  /// What may wait for a client that does not fetch it. send() beyond it closes the session.
  static constexpr std::size_t kMaxWaitingBytes = 2 << 20;

  Session(std::string sid, Timing timing, Now now);
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  /// Before anything else. The session must not be destroyed within an event, but after the call in
  /// which it came.
  void listen(Events events);

  const std::string& sid() const { return sid_; }
  bool is_open() const { return open_; }

  void send(Packet packet);
  std::size_t waiting_bytes() const { return waiting_bytes_; }
  /// More than half of what may wait does: drained() comes when it has left.
  bool is_full() const { return waiting_bytes_ > kMaxWaitingBytes / 2; }
  /// Tells the client, as far as a transport is ready to.
  void close(std::string_view reason);

  // Polling.

  /// The answer to the GET that opened the session.
  PollAnswer open_polling();
  /// A GET: `reply` is called once, now or when there is something. A second one while one is held
  /// closes the session.
  void poll(Reply reply);
  /// The connection of the held GET is gone. Closes the session: its client cannot know what of it
  /// was lost.
  void poll_gone();
  /// A POST with its whole body.
  PollAnswer post(std::string_view body);

  // WebSocket. A link outlives its use here: it calls gone() before it is destroyed.

  /// The connection that opened the session.
  void open_web_socket(Link& link);
  /// Another connection for a session of polling. False when there is one already: close it.
  bool offer(Link& link);
  void received(Link& link, std::string_view bytes, bool binary);
  void written(Link& link);
  void gone(Link& link);

  /// Heartbeat and time-outs; about once a second.
  void tick();

 private:
  bool on_web_socket() const { return link_ != nullptr; }
  void handle(const Packet& packet);
  void probe_received(const Packet& packet);
  void drop_probe();
  void take_over();
  void flush();
  void answer_poll();
  Packet take_front();
  std::string take_payload();
  void tell_drained();

  const std::string sid_;
  const Timing timing_;
  const Now now_;
  Events events_;
  bool open_ = true;
  std::deque<Packet> waiting_;
  std::size_t waiting_bytes_ = 0;
  bool was_full_ = false;

  Reply poll_;             ///< the GET that is held
  Link* link_ = nullptr;   ///< the WebSocket once it is the transport
  bool writing_ = false;   ///< link_ has not yet said written()
  Link* probe_ = nullptr;  ///< the WebSocket that may become it
  bool probe_writing_ = false;
  bool upgrading_ = false;  ///< the probe was answered
  Clock::time_point upgrade_until_;

  Clock::time_point next_ping_;
  std::optional<Clock::time_point> pong_until_;
  bool overdue_ = false;  ///< was the pong, at the last look
};

}  // namespace runyard::gateway::engine_io
