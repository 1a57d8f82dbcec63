#pragma once
// A WebSocket as the Beast library speaks it.
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <chrono>
#include <deque>
#include <memory>
#include <optional>
#include <string>

#include "gateway/backlog.hpp"
#include "gateway/http_exchange.hpp"

namespace runyard::gateway {

/// When silence and slowness end a connection. One for all connections.
struct WebSocketLimits {
  std::chrono::milliseconds ping_after{25'000};  ///< of silence; gone after as long again
  std::chrono::milliseconds stall{60'000};       ///< without progress of a write
  std::chrono::milliseconds close_wait{5'000};   ///< for the other side's part of the close
  int control_frames = 100;                      ///< pings and pongs taken within ten seconds
  /// Nothing is read while more than this waits to be written: who does not read is not listened
  /// to, so that questions cannot pile up answers.
  std::size_t unwritten_bytes = 256u << 10;
};

struct WebSocketShared {
  WebSocketLimits limits;
  /// Messages that are being received or dealt with (until the next is asked for): who sends slowly
  /// must not fill the memory. Who has sent for longest is closed with 1013.
  Backlog unfinished{64u << 20};
  /// What waits to be written, here and elsewhere in the gateway: nor who reads slowly. Who has not
  /// caught up for longest is gone.
  Backlog unwritten{128u << 20};
};

/// See WebSocket. Owned by what it has under way, and by whoever holds the pointer.
class BeastWebSocket final : public WebSocket, public std::enable_shared_from_this<BeastWebSocket> {
 public:
  using Socket = boost::asio::generic::stream_protocol::socket;
  using Request = boost::beast::http::request<boost::beast::http::string_body>;
  using Opened = std::function<std::shared_ptr<WebSocketListener>(std::shared_ptr<WebSocket>)>;

  /// `socket` lives on a strand. `shared` outlives it; `place` goes with it.
  BeastWebSocket(Socket socket, WebSocketShared& shared, std::size_t max_message_bytes,
                 std::shared_ptr<void> place);

  /// Answers the upgrade and calls `opened`.
  void accept(const std::shared_ptr<Request>& request, Opened opened);

  void read() override;
  void send(std::string message, bool binary, std::function<void()> written) override;
  void close(CloseCode code, std::string reason) override;
  boost::asio::any_io_executor executor() override { return ws_.get_executor(); }

 private:
  using Clock = std::chrono::steady_clock;
  struct Outgoing {
    std::string message;
    bool binary = false;
    std::function<void()> written;
  };
  void go_on_reading();
  void read_some();
  void take_message();
  void write_some();
  void begin_close();
  void beat();
  bool peer_gone();
  void check_silence(Clock::time_point now);
  void ping(Clock::time_point now);
  void control_frame(bool is_pong);
  void finish();

  WebSocketShared& shared_;
  const std::shared_ptr<void> place_;
  boost::beast::websocket::stream<Socket> ws_;
  boost::asio::steady_timer timer_;
  boost::beast::flat_buffer buffer_;
  std::shared_ptr<WebSocketListener> listener_;
  std::optional<Backlog::Part> unfinished_part_;  ///< the last message, until the next is asked for
  std::optional<Backlog::Part> unwritten_part_;
  bool wanted_ = false;  ///< read() was called and not answered
  bool reading_ = false;
  bool complete_ = false;  ///< buffer_ has a message that was not given yet
  std::deque<Outgoing> out_;
  std::size_t unwritten_ = 0;  ///< bytes of out_
  std::size_t written_ = 0;    ///< of out_.front()
  bool writing_ = false;
  bool close_asked_ = false;
  bool closing_ = false;
  bool finished_ = false;
  bool accepted_ = false;
  bool pinging_ = false;
  boost::beast::websocket::close_reason reason_;
  Clock::time_point heard_;       ///< anything of the peer
  Clock::time_point progressed_;  ///< of the write, or the close
  Clock::time_point pinged_at_;
  bool pinged_ = false;   ///< since heard_
  bool overdue_ = false;  ///< is the answer to it, at the last look
  int owed_pongs_ = 0;    ///< pings whose answer was not read yet
  Clock::time_point control_since_;
  int control_frames_ = 0;
};

}  // namespace runyard::gateway
