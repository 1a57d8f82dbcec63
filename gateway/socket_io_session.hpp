#pragma once
// One Socket.IO session with its strand: whatever arrives over HTTP or a WebSocket, on any thread,
// reaches the Engine.IO session and the interactive client behind it one thing at a time.
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "gateway/admission.hpp"
#include "gateway/backlog.hpp"
#include "gateway/engine_session.hpp"
#include "gateway/gateway_metrics.hpp"
#include "gateway/http_exchange.hpp"
#include "gateway/interactive_client.hpp"
#include "gateway/live_context.hpp"

namespace runyard::gateway {

/// Thread-safe.
class SocketIoSession final : public std::enable_shared_from_this<SocketIoSession> {
 public:
  using Reply = engine_io::Session::Reply;

  /// `closed` is called once, on the session's strand, when it is over.
  static std::shared_ptr<SocketIoSession> make(const LiveContext& context, Caller caller,
                                               Admission::Ticket ticket,
                                               std::function<void(const std::string& sid)> closed);

  /// A secret, and not enough: see is_of().
  const std::string& sid() const { return engine_.sid(); }
  /// Whether a request comes from whoever opened the session: the same user of the web server's,
  /// and the same credentials, or none at an upgrade, where a browser cannot set any. Its address
  /// may be another one: a client changes networks, and between IPv4 and IPv6.
  bool is_of(const Caller& caller, bool upgrade) const;

  /// `reply` of these is called once, on the strand.
  void open_polling(Reply reply);
  void poll(Reply reply);
  void post(std::string body, Reply reply);
  /// The connection of a GET went before its answer.
  void poll_gone();

  /// To be called within Exchange::accept()'s `opened`.
  std::shared_ptr<WebSocketListener> open_web_socket(std::shared_ptr<WebSocket> socket);
  std::shared_ptr<WebSocketListener> offer_web_socket(std::shared_ptr<WebSocket> socket);

  void close(std::string reason);

 private:
  class SocketLink;
  using Clock = engine_io::Session::Clock;

  SocketIoSession(const LiveContext& context, Caller caller, Admission::Ticket ticket);
  void listen(std::function<void(const std::string& sid)> closed);
  InteractiveClient::Carrier carrier();
  void schedule();
  void tick();
  /// Tells how much is kept for this client.
  void count_unwritten();
  template <typename Function>
  void on_strand(Function function);

  const LiveContext& context_;
  const Caller opener_;
  boost::asio::strand<boost::asio::io_context::executor_type> strand_;
  // All below: on the strand.
  Admission::Ticket ticket_;
  boost::asio::steady_timer timer_;
  engine_io::Session engine_;
  Caller caller_;
  std::shared_ptr<InteractiveClient> client_;
  std::optional<Backlog::Part> unwritten_part_;
  Clock::time_point joined_at_;
  const metrics::InUse counted_{gateway_metrics().socket_io};
};

}  // namespace runyard::gateway
