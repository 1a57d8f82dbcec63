#include "gateway/beast_web_socket.hpp"

#include <poll.h>

#include <algorithm>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>
#include <utility>

#include "core/log.hpp"
#include "gateway/gateway_metrics.hpp"

namespace runyard::gateway {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = beast::websocket;
using boost::system::error_code;

namespace {

/// Of a message that is written: so often the progress is seen.
constexpr std::size_t kFrameBytes = 64 * 1024;
constexpr std::size_t kReadBytes = 64 * 1024;
constexpr auto kControlWindow = std::chrono::seconds(10);

}  // namespace

BeastWebSocket::BeastWebSocket(Socket socket, WebSocketShared& shared,
                               std::size_t max_message_bytes, std::shared_ptr<void> place)
    : shared_(shared),
      place_(std::move(place)),
      ws_(std::move(socket)),
      timer_(ws_.get_executor()) {
  // The library's own timer counts as silence that nobody reads, which is how senders are slowed.
  ws_.set_option(websocket::stream_base::timeout{websocket::stream_base::none(),
                                                 websocket::stream_base::none(), false});
  ws_.auto_fragment(false);
  ws_.read_message_max(max_message_bytes);
  ws_.set_option(websocket::stream_base::decorator([](websocket::response_type& response) {
    response.set("X-Content-Type-Options", "nosniff");
  }));
}

void BeastWebSocket::accept(const std::shared_ptr<Request>& request, Opened opened) {
  heard_ = progressed_ = control_since_ = pinged_at_ = Clock::now();
  ws_.control_callback([this](websocket::frame_type type, beast::string_view) {
    control_frame(type == websocket::frame_type::pong);
  });
  // Not from within another connection's strand.
  const auto later = [weak = weak_from_this(), executor = ws_.get_executor()](auto what) {
    return [weak, executor, what] {
      asio::post(executor, [weak, what] {
        if (const auto self = weak.lock()) what(*self);
      });
    };
  };
  unfinished_part_.emplace(shared_.unfinished, later([](BeastWebSocket& self) {
                             self.close(CloseCode::kTryLater,
                                        "too many large messages at once; try again");
                           }));
  unwritten_part_.emplace(shared_.unwritten, later([](BeastWebSocket& self) {
                            log::warn("a client that reads slowly is given up");
                            self.finish();
                          }));
  beat();
  ws_.async_accept(
      *request, [self = shared_from_this(), request, opened = std::move(opened)](error_code error) {
        if (error || self->finished_) return self->finish();
        self->accepted_ = true;
        self->heard_ = self->progressed_ = Clock::now();
        self->listener_ = opened(self);
      });
}

void BeastWebSocket::read() {
  asio::dispatch(ws_.get_executor(), [self = shared_from_this()] {
    if (self->finished_ || self->wanted_) return;
    self->wanted_ = true;
    // Only now the last one is dealt with.
    self->unfinished_part_->set(0);
    self->go_on_reading();
  });
}

void BeastWebSocket::go_on_reading() {
  if (finished_ || closing_ || reading_ || !wanted_ || unwritten_ > shared_.limits.unwritten_bytes)
    return;
  if (complete_) return take_message();
  read_some();
}

void BeastWebSocket::read_some() {
  reading_ = true;
  // Nobody listened while nothing was read.
  heard_ = Clock::now();
  pinged_ = false;
  ws_.async_read_some(buffer_, kReadBytes,
                      [self = shared_from_this()](error_code error, std::size_t bytes) {
                        self->reading_ = false;
                        gateway_metrics().bytes_in.add(bytes);
                        if (error) return self->finish();
                        self->heard_ = Clock::now();
                        self->pinged_ = false;
                        self->complete_ = self->ws_.is_message_done();
                        self->unfinished_part_->set(self->buffer_.size());
                        self->go_on_reading();
                      });
}

void BeastWebSocket::take_message() {
  const auto bytes = buffer_.cdata();
  std::string message(static_cast<const char*>(bytes.data()), bytes.size());
  buffer_.consume(buffer_.size());
  buffer_.shrink_to_fit();
  complete_ = false;
  wanted_ = false;
  if (listener_ && !close_asked_) listener_->on_message(std::move(message), ws_.got_binary());
}

void BeastWebSocket::send(std::string message, bool binary, std::function<void()> written) {
  // What is kept is what is counted, not what the text grew through.
  if (message.capacity() - message.size() > Backlog::kFree) message.shrink_to_fit();
  asio::dispatch(ws_.get_executor(),
                 [self = shared_from_this(),
                  out = Outgoing{std::move(message), binary, std::move(written)}]() mutable {
                   if (self->finished_ || self->close_asked_) return;
                   self->unwritten_ += out.message.size();
                   self->unwritten_part_->set(self->unwritten_);
                   self->out_.push_back(std::move(out));
                   if (!self->writing_) self->write_some();
                 });
}

void BeastWebSocket::write_some() {
  if (out_.empty()) {
    if (close_asked_) begin_close();
    return;
  }
  const auto& front = out_.front();
  const auto size = std::min(kFrameBytes, front.message.size() - written_);
  const bool last = written_ + size == front.message.size();
  if (written_ == 0) ws_.binary(front.binary);
  writing_ = true;
  progressed_ = Clock::now();
  ws_.async_write_some(last, asio::buffer(front.message.data() + written_, size),
                       [self = shared_from_this(), size, last](error_code error, std::size_t) {
                         self->writing_ = false;
                         if (error || self->finished_) {
                           self->finish();
                           // Whoever waits for it to be written holds this connection.
                           self->out_.clear();
                           return;
                         }
                         self->written_ += size;
                         gateway_metrics().bytes_out.add(size);
                         self->unwritten_ -= size;
                         self->unwritten_part_->set(self->unwritten_);
                         if (last) {
                           const auto done = std::move(self->out_.front().written);
                           self->out_.pop_front();
                           self->written_ = 0;
                           if (done) done();
                         }
                         if (!self->writing_) self->write_some();
                         self->go_on_reading();
                       });
}

void BeastWebSocket::close(CloseCode code, std::string reason) {
  asio::dispatch(ws_.get_executor(), [self = shared_from_this(), code, reason = std::move(reason)] {
    if (self->finished_ || self->close_asked_) return;
    self->close_asked_ = true;
    self->reason_ = websocket::close_reason(static_cast<websocket::close_code>(code), reason);
    if (!self->writing_) self->write_some();
  });
}

void BeastWebSocket::begin_close() {
  if (closing_) return;
  closing_ = true;
  progressed_ = Clock::now();
  ws_.async_close(reason_, [self = shared_from_this()](error_code) { self->finish(); });
}

bool BeastWebSocket::peer_gone() {
  pollfd look{beast::get_lowest_layer(ws_).native_handle(), POLLRDHUP, 0};
  return ::poll(&look, 1, 0) > 0 && (look.revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0;
}

void BeastWebSocket::beat() {
  const auto& limits = shared_.limits;
  timer_.expires_after(std::min(limits.ping_after, limits.stall) / 5);
  timer_.async_wait([weak = weak_from_this()](error_code error) {
    const auto self = weak.lock();
    if (error || !self || self->finished_) return;
    const auto now = Clock::now();
    const auto& times = self->shared_.limits;
    const bool stalled = self->writing_ && now - self->progressed_ > times.stall;
    const bool no_close = self->closing_ && now - self->progressed_ > times.close_wait;
    // Closed by the library, for what the peer did; it waits for the other side's end.
    const bool refused = self->accepted_ && !self->closing_ && !self->ws_.is_open() &&
                         now - self->heard_ > times.close_wait;
    if (stalled || no_close || refused || (!self->reading_ && self->peer_gone()))
      return self->finish();
    self->check_silence(now);
    if (!self->finished_) self->beat();
  });
}

void BeastWebSocket::check_silence(Clock::time_point now) {
  if (closing_ || !listener_) return;
  const auto silence = now - heard_;
  // An answer to it is not seen while nothing is read. The proxy in between sees the ping, and
  // does not take the connection for dead.
  if (!reading_) {
    if (std::min(silence, now - pinged_at_) >= shared_.limits.ping_after) ping(now);
    return;
  }
  if (!pinged_) {
    if (silence >= shared_.limits.ping_after) ping(now);
    return;
  }
  // At the second look: after a time in which nothing ran here, an answer may lie there unread.
  if (now - pinged_at_ > shared_.limits.ping_after && std::exchange(overdue_, true)) finish();
}

void BeastWebSocket::ping(Clock::time_point now) {
  if (pinging_) return;
  pinged_ = pinging_ = true;
  overdue_ = false;
  pinged_at_ = now;
  ++owed_pongs_;
  ws_.async_ping({}, [self = shared_from_this()](error_code error) {
    self->pinging_ = false;
    if (error) self->finish();
  });
}

void BeastWebSocket::control_frame(bool is_pong) {
  const auto now = Clock::now();
  heard_ = now;
  pinged_ = false;
  // Answers may come all at once, when reading goes on.
  if (is_pong && owed_pongs_ > 0) {
    --owed_pongs_;
    return;
  }
  if (now - control_since_ > kControlWindow) {
    control_since_ = now;
    control_frames_ = 0;
  }
  if (++control_frames_ <= shared_.limits.control_frames) return;
  // Not from within the library's reading.
  asio::post(ws_.get_executor(),
             [self = shared_from_this()] { self->close(CloseCode::kPolicy, "too many pings"); });
}

void BeastWebSocket::finish() {
  if (finished_) return;
  finished_ = true;
  timer_.cancel();
  error_code ignored;
  beast::get_lowest_layer(ws_).close(ignored);
  if (!writing_) out_.clear();  // else what is being written is still read
  const auto listener = std::move(listener_);
  if (listener) listener->on_closed();
}

}  // namespace runyard::gateway
