#include "gateway/api_client.hpp"

#include <sys/socket.h>

#include <array>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/write.hpp>
#include <cerrno>
#include <memory>
#include <vector>

#include "core/log.hpp"
#include "core/network.hpp"

namespace runyard::gateway {

namespace asio = boost::asio;
using asio::generic::stream_protocol;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

/// What keeping one request takes beside its bytes.
constexpr std::size_t kRequestBytes = 1024;

std::string network_key(const std::string& address) {
  return is_loopback(address) ? std::string() : network_of(address);
}

}  // namespace

FcgiParams api_params(const ApiRequest& request) {
  FcgiParams params{
      {"GATEWAY_INTERFACE", "CGI/1.1"},
      {"SERVER_PROTOCOL", "HTTP/1.1"},
      {"REQUEST_METHOD", request.method},
      {"REQUEST_URI", request.target},
      {"DOCUMENT_URI", request.target.substr(0, request.target.find('?'))},
      {"REMOTE_ADDR", request.caller.address},
      {"RUNYARD_USER", request.caller.user},
      {"HTTP_X_REQUEST_ID", request.caller.request_id},
      {"HTTP_ACCEPT", "application/json"},
      {"CONTENT_LENGTH", std::to_string(request.body.size())},
  };
  if (!request.body.empty()) params.emplace_back("CONTENT_TYPE", "application/json");
  if (!request.caller.authorization.empty())
    params.emplace_back("HTTP_AUTHORIZATION", request.caller.authorization);
  if (!request.caller.api_key.empty())
    params.emplace_back("HTTP_X_API_KEY", request.caller.api_key);
  if (!request.live.empty()) params.emplace_back("RUNYARD_LIVE", request.live);
  if (!request.execution_id.empty())
    params.emplace_back("RUNYARD_EXECUTION_ID", request.execution_id);
  return params;
}

/// One request on its own connection, on a strand of its own.
class ApiClient::Exchange final : public std::enable_shared_from_this<ApiClient::Exchange> {
 public:
  Exchange(ApiClient& client, Waiting waiting)
      : client_(client),
        waiting_(std::move(waiting)),
        strand_(asio::make_strand(client.io_)),
        socket_(strand_),
        resolver_(strand_),
        deadline_(strand_),
        retry_(strand_),
        reader_(client.options_.max_answer_bytes) {}

  void start() {
    asio::post(strand_, [self = shared_from_this()] {
      if (Clock::now() >= self->waiting_.deadline) return self->finish("waited too long");
      self->deadline_.expires_at(self->waiting_.deadline);
      self->deadline_.async_wait([self](error_code error) {
        if (!error) self->finish("too slow");
      });
      if (self->client_.options_.address.path.empty())
        self->look_up();
      else
        self->connect();
    });
  }

 private:
  /// For each request: the API's containers come and go, each with an address of its own.
  void look_up() {
    const auto& address = client_.options_.address;
    resolver_.async_resolve(
        address.host, address.port,
        [self = shared_from_this()](error_code error, const tcp::resolver::results_type& found) {
          if (self->finished_) return;
          if (error) return self->finish(error.message());
          self->endpoints_.assign(found.begin(), found.end());
          self->connect_to(0);
        });
  }

  /// One of several that does not answer is passed over.
  void connect_to(std::size_t index) {
    error_code ignored;
    socket_.close(ignored);
    socket_.async_connect(endpoints_[index], [self = shared_from_this(), index](error_code error) {
      if (self->finished_) return;
      if (!error) return self->exchange();
      if (index + 1 < self->endpoints_.size()) return self->connect_to(index + 1);
      self->finish(error.message());
    });
  }

  void connect() {
    if (finished_) return;
    error_code error;
    if (!socket_.is_open()) {
      socket_.open(asio::local::stream_protocol(), error);
      if (!error) socket_.non_blocking(true, error);
      if (error) return finish(error.message());
    }
    // By hand: a full backlog is EAGAIN here, which no readiness of the socket ends.
    const asio::local::stream_protocol::endpoint endpoint(client_.options_.address.path);
    if (::connect(socket_.native_handle(), endpoint.data(),
                  static_cast<socklen_t>(endpoint.size())) == 0)
      return exchange();
    if (errno != EAGAIN && errno != EINTR)
      return finish(error_code(errno, boost::system::system_category()).message());
    retry_.expires_after(std::chrono::milliseconds(20));
    retry_.async_wait([self = shared_from_this()](error_code cancelled) {
      if (!cancelled) self->connect();
    });
  }

  void exchange() {
    // The answer may come, and the other side close, before all was written: a refused body.
    asio::async_write(socket_, asio::buffer(waiting_.bytes),
                      [self = shared_from_this()](error_code, std::size_t) {});
    read();
  }

  void read() {
    socket_.async_read_some(asio::buffer(buffer_),
                            [self = shared_from_this()](error_code error, std::size_t size) {
                              if (self->finished_) return;
                              if (error) return self->finish(error.message());
                              if (!self->reader_.feed({self->buffer_.data(), size}))
                                return self->finish("no FastCGI");
                              if (!self->reader_.complete()) return self->read();
                              self->answer_ = parse_cgi_answer(self->reader_.take_output());
                              self->finish(self->answer_ ? "" : "no CGI answer");
                            });
  }

  void finish(const std::string& problem) {
    if (finished_) return;
    finished_ = true;
    if (!answer_) log::warn("no answer of the API", {{"error", problem}});
    error_code ignored;
    socket_.close(ignored);
    deadline_.cancel();
    retry_.cancel();
    resolver_.cancel();
    asio::post(waiting_.executor,
               [done = std::move(waiting_.done), answer = std::move(answer_)]() mutable {
                 done(std::move(answer));
               });
    client_.ended(waiting_.network, waiting_.bytes.size());
  }

  ApiClient& client_;
  Waiting waiting_;
  asio::strand<asio::io_context::executor_type> strand_;
  stream_protocol::socket socket_;
  tcp::resolver resolver_;
  std::vector<tcp::endpoint> endpoints_;
  asio::steady_timer deadline_;
  asio::steady_timer retry_;
  FcgiAnswerReader reader_;
  std::array<char, 16 * 1024> buffer_{};
  std::optional<CgiAnswer> answer_;
  bool finished_ = false;
};

bool ApiClient::call(const ApiRequest& request, asio::any_io_executor executor, Done done) {
  Waiting waiting{encode_fcgi_request(api_params(request), request.body),
                  network_key(request.caller.address), Clock::now() + options_.timeout,
                  std::move(executor), std::move(done)};
  {
    const std::lock_guard lock(mutex_);
    const auto bytes = waiting.bytes.size() + kRequestBytes;
    if (bytes_ + bytes > options_.max_request_bytes) return false;
    bytes_ += bytes;
    networks_[waiting.network].waiting.push_back(std::move(waiting));
  }
  begin_all();
  return true;
}

/// One that has waited until its deadline is begun too, and ends at once: every turn ends in time,
/// so nobody waits longer than that.
void ApiClient::begin_all() {
  for (Waiting next; take_next(next); next = {})
    std::make_shared<Exchange>(*this, std::move(next))->start();
}

bool ApiClient::take_next(Waiting& next) {
  const std::lock_guard lock(mutex_);
  if (under_way_ >= options_.max_under_way) return false;
  auto at = networks_.upper_bound(last_);
  for (std::size_t i = 0; i < networks_.size(); ++i, ++at) {
    if (at == networks_.end()) at = networks_.begin();
    auto& network = at->second;
    const bool full = !at->first.empty() && network.under_way >= options_.max_of_address;
    if (full || network.waiting.empty()) continue;
    next = std::move(network.waiting.front());
    network.waiting.pop_front();
    ++network.under_way;
    ++under_way_;
    last_ = at->first;
    return true;
  }
  return false;
}

void ApiClient::ended(const std::string& network, std::size_t bytes) {
  {
    const std::lock_guard lock(mutex_);
    bytes_ -= bytes + kRequestBytes;
    --under_way_;
    const auto at = networks_.find(network);
    if (--at->second.under_way == 0 && at->second.waiting.empty()) networks_.erase(at);
  }
  begin_all();
}

}  // namespace runyard::gateway
