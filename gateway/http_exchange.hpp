#pragma once
// HTTP and WebSocket as the parts behind the server see them. The library that speaks them stays in
// http_connection.cpp and beast_web_socket.cpp.
#include <boost/asio/any_io_executor.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/access_rules.hpp"
#include "gateway/caller.hpp"
#include "gateway/problem.hpp"

namespace runyard::gateway {

struct HttpRequest {
  std::string method;  ///< "GET"
  std::string path;    ///< as it was sent, without the query
  std::string query;   ///< without "?", still percent-encoded
  /// Names in lower case, in the order in which they came.
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  bool upgrade = false;  ///< asks for a WebSocket
  AccessVerdict access;  ///< of the page that asks; a route only sees who may
  Caller caller;

  /// nullptr when there is none.
  const std::string* header(std::string_view name) const;
};

struct HttpResponse {
  int status = 200;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  bool close = false;  ///< the connection ends after it
};

HttpResponse problem_response(const Problem& problem);

/// Codes of RFC 6455 section 7.4.1 and IANA's registry that the gateway sends.
enum class CloseCode : std::uint16_t {
  kNormal = 1000,
  kGoingAway = 1001,
  kNotText = 1003,
  kBadText = 1007,
  kPolicy = 1008,
  kTooLarge = 1009,
  kRestart = 1012,
  kTryLater = 1013,
};

/// What happens on a WebSocket. All on the connection's strand; the WebSocket keeps its listener
/// alive until on_closed, which comes exactly once and last.
class WebSocketListener {
 public:
  virtual ~WebSocketListener() = default;
  /// One whole message, answering one call of read(). Text is valid UTF-8.
  virtual void on_message(std::string message, bool binary) = 0;
  /// Closed by either side, broken, dead or stalled.
  virtual void on_closed() = 0;
};

/// One connection after its upgrade. Thread-safe: calls from outside its strand are passed on to
/// it. Pings are answered while a message is awaited; a peer that says nothing for 25 s is pinged,
/// one that then says nothing for as long again is gone; a flood of pings is closed with 1008. Who
/// hangs up is noticed within five seconds also while nothing is read; pings go on then, and
/// nothing is concluded from the silence.
class WebSocket {
 public:
  virtual ~WebSocket() = default;
  /// Asks for one message. Nothing is read before, nor while more than 256 KiB wait to be written:
  /// this is how a sender is slowed down.
  virtual void read() = 0;
  /// Writes after what was sent before. `written` is called on the strand once the kernel has it
  /// all; not at all when the connection ends before. A write that makes no progress for 60 s ends
  /// the connection. The caller bounds how much it sends before `written`.
  virtual void send(std::string message, bool binary, std::function<void()> written) = 0;
  /// What is queued is written first. Once; later ones do nothing.
  virtual void close(CloseCode code, std::string reason) = 0;
  virtual boost::asio::any_io_executor executor() = 0;
};

/// One request that waits for its answer: exactly one of respond() and accept() is called, at any
/// time, on any thread. When the last pointer to it goes without either, the client gets 503.
class Exchange {
 public:
  virtual ~Exchange() = default;
  virtual const HttpRequest& request() const = 0;
  /// The connection may be used for another request after it.
  virtual void respond(HttpResponse response) = 0;
  /// Completes the upgrade; `max_message_bytes` bounds a message (1009 beyond). `opened` is called
  /// on the connection's strand when it is done and returns the listener; not at all when the
  /// request was no proper upgrade (the client was told) or the client is gone. After it nothing
  /// is read until WebSocket::read().
  virtual void accept(
      std::size_t max_message_bytes,
      std::function<std::shared_ptr<WebSocketListener>(std::shared_ptr<WebSocket>)> opened) = 0;
  /// Called on the connection's strand when the client hangs up before the answer.
  virtual void on_gone(std::function<void()> gone) = 0;
};

/// What answers the requests below one path.
class Route {
 public:
  virtual ~Route() = default;
  /// Called on the connection's strand, with the whole body.
  virtual void handle(std::shared_ptr<Exchange> exchange) = 0;
  /// What a request is answered with whose host or page may not call (`request.access`).
  virtual HttpResponse refused(const HttpRequest& request) const {
    return problem_response({request.access.status, request.access.detail, {}});
  }
  /// The program ends: everybody is told, runs are left. `done` is called once, on any thread,
  /// when nothing is left to do.
  virtual void drain(std::function<void()> done) = 0;
};

}  // namespace runyard::gateway
