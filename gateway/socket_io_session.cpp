#include "gateway/socket_io_session.hpp"

#include <boost/asio/post.hpp>
#include <utility>

#include "core/ids.hpp"
#include "core/log.hpp"

namespace runyard::gateway {
namespace {

using namespace std::chrono_literals;

/// As long as Socket.IO servers wait for the connection to a namespace.
constexpr auto kJoinTime = 45s;
constexpr auto kTick = 1s;
/// 128 bits: not to be guessed.
constexpr std::size_t kSidBytes = 16;

}  // namespace

/// A WebSocket for the Engine.IO session. It lives until on_closed has been handled on the strand.
class SocketIoSession::SocketLink final : public engine_io::Link,
                                          public WebSocketListener,
                                          public std::enable_shared_from_this<SocketLink> {
 public:
  SocketLink(std::shared_ptr<SocketIoSession> session, std::shared_ptr<WebSocket> socket)
      : session_(std::move(session)), socket_(std::move(socket)) {}

  void write(const engine_io::Packet& packet) override {
    auto bytes = packet.binary ? packet.data : engine_io::encode(packet);
    socket_->send(std::move(bytes), packet.binary, [self = shared_from_this()] {
      self->session_->on_strand([self] { self->session_->engine_.written(*self); });
    });
  }

  void close() override { socket_->close(CloseCode::kNormal, ""); }

  void read() { socket_->read(); }

  void on_message(std::string message, bool binary) override {
    session_->on_strand([self = shared_from_this(), message = std::move(message), binary] {
      self->session_->engine_.received(*self, message, binary);
      if (self->session_->engine_.is_open()) self->read();
    });
  }

  void on_closed() override {
    session_->on_strand([self = shared_from_this()] { self->session_->engine_.gone(*self); });
  }

 private:
  const std::shared_ptr<SocketIoSession> session_;
  const std::shared_ptr<WebSocket> socket_;
};

SocketIoSession::SocketIoSession(const LiveContext& context, Caller caller,
                                 Admission::Ticket ticket)
    : context_(context),
      opener_(caller),
      strand_(boost::asio::make_strand(context.io)),
      ticket_(std::move(ticket)),
      timer_(strand_),
      engine_(random_hex(kSidBytes), engine_io::Timing{}, [] { return Clock::now(); }),
      caller_(std::move(caller)),
      joined_at_(Clock::now()) {}

std::shared_ptr<SocketIoSession> SocketIoSession::make(
    const LiveContext& context, Caller caller, Admission::Ticket ticket,
    std::function<void(const std::string& sid)> closed) {
  std::shared_ptr<SocketIoSession> session(
      new SocketIoSession(context, std::move(caller), std::move(ticket)));
  session->unwritten_part_.emplace(context.unwritten,
                                   [weak = std::weak_ptr<SocketIoSession>(session)] {
                                     if (const auto slow = weak.lock())
                                       slow->close("too slow while too much was kept for all");
                                   });
  session->client_ = std::make_shared<InteractiveClient>(session->carrier(), session->caller_);
  session->listen(std::move(closed));
  session->on_strand([session] { session->schedule(); });
  return session;
}

bool SocketIoSession::is_of(const Caller& caller, bool upgrade) const {
  const auto fits = [upgrade](const std::string& opened_with, const std::string& given) {
    return given == opened_with || (upgrade && given.empty());
  };
  return caller.user == opener_.user && fits(opener_.authorization, caller.authorization) &&
         fits(opener_.api_key, caller.api_key);
}

template <typename Function>
void SocketIoSession::on_strand(Function function) {
  boost::asio::post(strand_, [self = shared_from_this(), function = std::move(function)]() mutable {
    function();
    self->count_unwritten();
  });
}

void SocketIoSession::count_unwritten() {
  unwritten_part_->set(engine_.is_open() ? engine_.waiting_bytes() + client_->kept_bytes() : 0);
}

void SocketIoSession::listen(std::function<void(const std::string& sid)> closed) {
  engine_io::Session::Events events;
  events.message = [this](const engine_io::Packet& packet) {
    client_->message(packet.data, packet.binary);
  };
  events.drained = [this] { client_->drained(); };
  events.closed = [this, closed = std::move(closed)](std::string_view reason) {
    log::info("interactive connection closed", {{"address", opener_.address}, {"reason", reason}});
    client_->left();
    ticket_.reset();
    timer_.cancel();
    closed(sid());
  };
  engine_.listen(std::move(events));
}

InteractiveClient::Carrier SocketIoSession::carrier() {
  const auto weak = weak_from_this();
  InteractiveClient::Carrier carrier;
  carrier.send = [weak](std::string packet) {
    const auto self = weak.lock();
    if (!self) return;
    self->engine_.send(engine_io::message(std::move(packet)));
    self->count_unwritten();
  };
  carrier.is_full = [weak] {
    const auto self = weak.lock();
    return self && self->engine_.is_full();
  };
  carrier.close = [weak](std::string_view reason) {
    if (const auto self = weak.lock()) self->engine_.close(reason);
  };
  carrier.make_run = [&context = context_, strand = strand_](
                         const Caller& caller, std::weak_ptr<LiveRunListener> listener) {
    return LiveRun::make(context, strand, caller, std::move(listener));
  };
  return carrier;
}

void SocketIoSession::open_polling(Reply reply) {
  on_strand([self = shared_from_this(), reply = std::move(reply)] {
    reply(self->engine_.open_polling());
  });
}

void SocketIoSession::poll(Reply reply) {
  on_strand([self = shared_from_this(), reply = std::move(reply)]() mutable {
    self->engine_.poll(std::move(reply));
  });
}

void SocketIoSession::post(std::string body, Reply reply) {
  on_strand([self = shared_from_this(), body = std::move(body), reply = std::move(reply)] {
    reply(self->engine_.post(body));
  });
}

void SocketIoSession::poll_gone() {
  on_strand([self = shared_from_this()] { self->engine_.poll_gone(); });
}

std::shared_ptr<WebSocketListener> SocketIoSession::open_web_socket(
    std::shared_ptr<WebSocket> socket) {
  auto made = std::make_shared<SocketLink>(shared_from_this(), std::move(socket));
  on_strand([self = shared_from_this(), made] {
    self->engine_.open_web_socket(*made);
    made->read();
  });
  return made;
}

std::shared_ptr<WebSocketListener> SocketIoSession::offer_web_socket(
    std::shared_ptr<WebSocket> socket) {
  auto made = std::make_shared<SocketLink>(shared_from_this(), std::move(socket));
  on_strand([self = shared_from_this(), made] {
    if (!self->engine_.offer(*made)) return made->close();
    made->read();
  });
  return made;
}

void SocketIoSession::close(std::string reason) {
  on_strand(
      [self = shared_from_this(), reason = std::move(reason)] { self->engine_.close(reason); });
}

void SocketIoSession::schedule() {
  timer_.expires_after(kTick);
  timer_.async_wait([weak = weak_from_this()](const boost::system::error_code& error) {
    const auto self = weak.lock();
    if (!error && self) self->tick();
  });
}

void SocketIoSession::tick() {
  engine_.tick();
  count_unwritten();
  if (!client_->is_idle()) joined_at_ = Clock::now();
  if (Clock::now() - joined_at_ >= kJoinTime) engine_.close("no namespace was joined");
  if (engine_.is_open()) schedule();
}

}  // namespace runyard::gateway
