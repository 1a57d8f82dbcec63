#include "gateway/http_connection.hpp"

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>

#include <atomic>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/websocket/rfc6455.hpp>
#include <chrono>
#include <optional>

#include "core/ids.hpp"
#include "core/log.hpp"
#include "core/text.hpp"
#include "gateway/gateway_metrics.hpp"
#include "gateway/text.hpp"

namespace runyard::gateway {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using boost::system::error_code;
using Socket = asio::generic::stream_protocol::socket;

const std::string* HttpRequest::header(std::string_view name) const {
  for (const auto& [key, value] : headers)
    if (key == name) return &value;
  return nullptr;
}

HttpResponse problem_response(const Problem& problem) {
  HttpResponse response;
  response.status = problem.status;
  response.headers.emplace_back("Content-Type", "application/problem+json");
  if (problem.status == 429 || problem.status == 503)
    response.headers.emplace_back("Retry-After", "2");
  response.body = problem_body(problem);
  return response;
}

namespace {

constexpr std::uint32_t kMaxHeaderBytes = 16 * 1024;
constexpr auto kRequestTime = std::chrono::seconds(15);
constexpr auto kWriteTime = std::chrono::seconds(60);
/// Longer than Nginx keeps its side, so that it is not closed under a request.
constexpr auto kIdleTime = std::chrono::seconds(75);

/// "" for a unix socket.
std::string peer_address(Socket& socket) {
  sockaddr_storage address{};
  socklen_t size = sizeof(address);
  if (::getpeername(socket.native_handle(), reinterpret_cast<sockaddr*>(&address), &size) != 0)
    return {};
  char text[INET6_ADDRSTRLEN] = {};
  if (address.ss_family == AF_INET)
    ::inet_ntop(AF_INET, &reinterpret_cast<sockaddr_in*>(&address)->sin_addr, text, sizeof(text));
  else if (address.ss_family == AF_INET6)
    ::inet_ntop(AF_INET6, &reinterpret_cast<sockaddr_in6*>(&address)->sin6_addr, text,
                sizeof(text));
  return text;
}

/// Harmless in a log line and a header.
bool is_usable_request_id(std::string_view id) {
  constexpr std::string_view kAllowed =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
  return !id.empty() && id.size() <= 64 && id.find_first_not_of(kAllowed) == std::string_view::npos;
}

class Connection;

/// One request of a connection.
class HttpExchange final : public Exchange {
 public:
  HttpExchange(std::shared_ptr<Connection> connection, HttpRequest request)
      : connection_(std::move(connection)), request_(std::move(request)) {}
  ~HttpExchange() override;

  const HttpRequest& request() const override { return request_; }
  void respond(HttpResponse response) override;
  void accept(std::size_t max_message_bytes,
              std::function<std::shared_ptr<WebSocketListener>(std::shared_ptr<WebSocket>)> opened)
      override;
  void on_gone(std::function<void()> gone) override;

 private:
  const std::shared_ptr<Connection> connection_;
  const HttpRequest request_;
  std::atomic<bool> answered_{false};
};

class Connection final : public std::enable_shared_from_this<Connection> {
 public:
  Connection(Socket socket, HttpServices& services, std::shared_ptr<void> place)
      : services_(services),
        place_(std::move(place)),
        socket_(std::move(socket)),
        executor_(socket_.get_executor()),
        timer_(executor_),
        peer_(peer_address(socket_)) {}
  asio::any_io_executor executor() const { return executor_; }

  void read_request(std::chrono::seconds time) {
    parser_.emplace();
    parser_->header_limit(kMaxHeaderBytes);
    parser_->body_limit(kMaxHttpBody);
    limit_time(time);
    http::async_read_header(socket_, buffer_, *parser_,
                            [self = shared_from_this()](error_code error, std::size_t) {
                              if (error) return self->refuse(error);
                              self->read_body();
                            });
  }

  void respond(HttpResponse response) {
    asio::dispatch(executor_,
                   [self = shared_from_this(), response = std::move(response)]() mutable {
                     self->write(std::move(response));
                   });
  }

  void accept(std::size_t max_message_bytes, BeastWebSocket::Opened opened) {
    asio::dispatch(executor_, [self = shared_from_this(), max_message_bytes,
                               opened = std::move(opened)]() mutable {
      self->upgrade(max_message_bytes, std::move(opened));
    });
  }

  void watch(std::function<void()> gone) {
    asio::dispatch(executor_, [self = shared_from_this(), gone = std::move(gone)]() mutable {
      if (!self->waiting_) return;
      self->socket_.async_wait(
          Socket::wait_read, [weak = self->weak_from_this(), gone](error_code error) {
            const auto connection = weak.lock();
            if (!error && connection && connection->waiting_ && connection->hung_up()) gone();
          });
    });
  }

 private:
  void limit_time(std::chrono::seconds time) {
    timer_.expires_after(time);
    timer_.async_wait([weak = weak_from_this()](error_code error) {
      const auto self = weak.lock();
      error_code ignored;
      if (!error && self) self->socket_.close(ignored);
    });
  }

  void read_body() {
    // Whoever waits for leave to send a body gets an answer instead: Nginx never asks.
    limit_time(kRequestTime);
    http::async_read(socket_, buffer_, *parser_,
                     [self = shared_from_this()](error_code error, std::size_t) {
                       if (error) return self->refuse(error);
                       self->timer_.cancel();
                       self->handle();
                     });
  }

  void refuse(error_code error) {
    if (error == http::error::body_limit)
      return write_last({413, "a body has at most " + std::to_string(kMaxHttpBody) + " bytes", {}});
    if (error == http::error::header_limit)
      return write_last({431, "headers have at most 16 KiB", {}});
    if (error == http::error::end_of_stream || error == http::error::partial_message ||
        error.category() != http::make_error_code(http::error::end_of_stream).category())
      return;  // gone
    write_last({400, "this is no HTTP/1.1 request: " + error.message(), {}});
  }

  void write_last(const Problem& problem) {
    keep_ = false;
    waiting_ = true;
    write(problem_response(problem));
  }

  void handle() {
    auto message = std::make_shared<BeastWebSocket::Request>(parser_->release());
    keep_ = message->keep_alive();
    waiting_ = true;
    HttpRequest request = convert(*message);
    gateway_metrics().bytes_in.add(request.body.size());
    request_ = std::move(message);
    if (request.caller.address.empty())
      return write(
          problem_response({400, "the web server must set X-Real-IP to the client's address", {}}));
    auto* route = services_.route(request.path);
    request.access = access_of(request);
    if (request.access.status != 0) {
      (request.access.status == 421 ? gateway_metrics().foreign_host
                                    : gateway_metrics().foreign_origin)
          .add();
      log::info("refused", {{"request", request.caller.request_id},
                            {"status", request.access.status},
                            {"why", request.access.detail}});
      return write(route ? route->refused(request)
                         : problem_response({request.access.status, request.access.detail, {}}));
    }
    if (!route) return write(problem_response({404, "there is nothing at this path", {}}));
    route->handle(std::make_shared<HttpExchange>(shared_from_this(), std::move(request)));
  }

  AccessVerdict access_of(const HttpRequest& request) const {
    AccessRequest asked;
    asked.method = request.method;
    for (const auto& [name, value] : request.headers) {
      if (name == "host") asked.hosts.emplace_back(value);
      if (name == "origin") asked.origins.emplace_back(value);
      if (name == "sec-fetch-site") asked.fetch_sites.emplace_back(value);
      if (name == "x-runyard-host") asked.server_host = value;
      if (name == "x-runyard-origin") asked.listed_origin = value;
    }
    asked.vouched_user = !request.caller.user.empty();
    // A GET opens a session or a run's connection. Credentials excuse no foreign page here:
    // browsers open WebSockets to anywhere without asking first.
    asked.get_acts = true;
    return decide_access(services_.access, asked);
  }

  HttpRequest convert(BeastWebSocket::Request& message) {
    HttpRequest request;
    request.method = std::string(message.method_string());
    const std::string target(message.target());
    const auto question = std::min(target.find('?'), target.size());
    request.path = target.substr(0, question);
    request.query = target.substr(std::min(target.size(), question + 1));
    for (const auto& field : message)
      request.headers.emplace_back(lower(std::string(field.name_string())),
                                   std::string(field.value()));
    request.body = std::move(message.body());
    message.body().clear();
    request.upgrade = beast::websocket::is_upgrade(message);
    const auto value = [&request](std::string_view name) {
      // One that came twice is passed on as such: the API refuses what could be meant either way.
      std::string all;
      for (const auto& [key, text] : request.headers)
        if (key == name) all += (all.empty() ? "" : ", ") + to_utf8(text);
      return all;
    };
    request.caller = {value("x-real-ip"), value("x-runyard-user"), value("authorization"),
                      value("x-api-key"), value("x-request-id")};
    // An empty one is a web server's that does not know its client, which must not pass for it.
    if (!request.header("x-real-ip")) request.caller.address = peer_;
    if (!is_usable_request_id(request.caller.request_id))
      request.caller.request_id = random_hex(16);
    return request;
  }

  void write(HttpResponse response) {
    if (!waiting_) return;
    waiting_ = false;
    error_code ignored;
    socket_.cancel(ignored);  // the watch
    auto message = std::make_shared<http::response<http::string_body>>();
    message->version(11);
    message->result(static_cast<unsigned>(response.status));
    message->reason(std::string(status_phrase(response.status)));
    for (const auto& [name, value] : response.headers) message->insert(name, value);
    message->set("X-Content-Type-Options", "nosniff");
    gateway_metrics().bytes_out.add(response.body.size());
    message->body() = std::move(response.body);
    keep_ = keep_ && !response.close;
    message->keep_alive(keep_);
    message->prepare_payload();
    unwritten_.emplace(services_.web_sockets.unwritten,
                       [weak = weak_from_this(), executor = executor_] {
                         asio::post(executor, [weak] {
                           if (const auto self = weak.lock()) self->end();
                         });
                       });
    unwritten_->set(message->body().size());
    limit_time(kWriteTime);
    http::async_write(socket_, *message,
                      [self = shared_from_this(), message](error_code error, std::size_t) {
                        self->unwritten_.reset();
                        if (error || !self->keep_) return self->end();
                        self->request_.reset();
                        self->read_request(kIdleTime);
                      });
  }

  void end() {
    timer_.cancel();
    error_code ignored;
    socket_.shutdown(Socket::shutdown_both, ignored);
    socket_.close(ignored);
  }

  void upgrade(std::size_t max_message_bytes, BeastWebSocket::Opened opened) {
    if (!waiting_) return;
    if (buffer_.size() > 0)
      return write(problem_response({400, "a client waits for the upgrade's answer", {}}));
    // The library takes any text that is not too long.
    const auto key = base64_decode(std::string((*request_)[http::field::sec_websocket_key]));
    if (!key || key->size() != 16)
      return write(problem_response({400, "Sec-WebSocket-Key must be 16 bytes in base64", {}}));
    waiting_ = false;
    error_code ignored;
    socket_.cancel(ignored);
    std::make_shared<BeastWebSocket>(std::move(socket_), services_.web_sockets, max_message_bytes,
                                     std::move(place_))
        ->accept(request_, [self = shared_from_this(), opened = std::move(opened)](auto ws) {
          return opened(std::move(ws));
        });
    request_.reset();
    parser_.reset();
    buffer_ = {};
  }

  bool hung_up() {
    pollfd look{socket_.native_handle(), POLLRDHUP, 0};
    return ::poll(&look, 1, 0) > 0 && (look.revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0;
  }

  HttpServices& services_;
  std::shared_ptr<void> place_;
  Socket socket_;
  const asio::any_io_executor executor_;
  asio::steady_timer timer_;
  const std::string peer_;
  beast::flat_buffer buffer_;
  std::optional<http::request_parser<http::string_body>> parser_;
  std::shared_ptr<BeastWebSocket::Request> request_;
  bool keep_ = true;
  std::optional<Backlog::Part> unwritten_;  ///< the answer, while it is written
  bool waiting_ = false;                    ///< for the answer to the request that was read
};

HttpExchange::~HttpExchange() {
  if (!answered_.exchange(true))
    connection_->respond(problem_response({503, "the service failed to answer; try again", {}}));
}

void HttpExchange::respond(HttpResponse response) {
  if (!answered_.exchange(true)) connection_->respond(std::move(response));
}

void HttpExchange::accept(
    std::size_t max_message_bytes,
    std::function<std::shared_ptr<WebSocketListener>(std::shared_ptr<WebSocket>)> opened) {
  if (!answered_.exchange(true)) connection_->accept(max_message_bytes, std::move(opened));
}

void HttpExchange::on_gone(std::function<void()> gone) { connection_->watch(std::move(gone)); }

}  // namespace

void serve_http(Socket socket, HttpServices& services, std::shared_ptr<void> place) {
  auto connection = std::make_shared<Connection>(std::move(socket), services, std::move(place));
  auto executor = connection->executor();
  asio::dispatch(executor,
                 [connection = std::move(connection)] { connection->read_request(kRequestTime); });
}

}  // namespace runyard::gateway
