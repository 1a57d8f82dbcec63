#include "fcgi-app/fcgi_server.hpp"

#include <fcgiapp.h>
#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <exception>
#include <stdexcept>
#include <string>
#include <system_error>

#include "core/log.hpp"
#include "fcgi-app/cgi_request.hpp"
#include "fcgi-app/events/event_server.hpp"
#include "fcgi-app/held_body.hpp"
#include "fcgi-app/problem.hpp"

namespace runyard {
namespace {

[[noreturn]] void fail(const char* what) {
  throw std::system_error(errno, std::generic_category(), what);
}

}  // namespace

/// Owner of one FCGX_Request.
class FcgiRequest final {
 public:
  explicit FcgiRequest(int listen_fd) {
    if (FCGX_InitRequest(&request_, listen_fd, FCGI_FAIL_ACCEPT_ON_INTR) != 0)
      throw std::runtime_error("FCGX_InitRequest failed");
  }
  ~FcgiRequest() { FCGX_Free(&request_, 1); }
  FcgiRequest(const FcgiRequest&) = delete;
  FcgiRequest& operator=(const FcgiRequest&) = delete;

  /// Gives the connection away: libfcgi forgets it, open as it is. Its request's id is
  /// request_id() before.
  UniqueFd release() {
    UniqueFd fd(request_.ipcFd);
    const int listen_fd = request_.listen_sock;
    FCGX_Free(&request_, 0);
    if (FCGX_InitRequest(&request_, listen_fd, FCGI_FAIL_ACCEPT_ON_INTR) != 0)
      throw std::runtime_error("FCGX_InitRequest failed");
    return fd;
  }
  int request_id() const { return request_.requestId; }

  FCGX_Request* get() { return &request_; }
  FCGX_Request* operator->() { return &request_; }

 private:
  FCGX_Request request_{};
};

namespace {

/// Reads the whole body, keeping at most `limit` bytes: an answer sent before the body was read
/// would be lost with the connection.
void read_body(FCGX_Stream* in, std::size_t limit, Request& request) {
  const auto read_some = [in](char* into, std::size_t size) {
    const int got = FCGX_GetStr(into, static_cast<int>(size), in);
    return got > 0 ? static_cast<std::size_t>(got) : 0;
  };
  std::array<char, 16 * 1024> part;  // NOLINT: filled by the next line
  while (const auto got = read_some(part.data(), part.size())) {
    if (request.body_too_large) continue;
    if (request.body.size() + got > limit) {
      request.body_too_large = true;
      request.body = std::string();
    } else {
      request.body.append(part.data(), got);
    }
  }
}

Request read_request(FcgiRequest& fcgi, std::size_t max_body_bytes) {
  auto request = request_from_params(fcgi->envp);
  const auto announced = announced_length(fcgi->envp);
  if (announced && *announced <= static_cast<std::int64_t>(max_body_bytes))
    request.body.reserve(static_cast<std::size_t>(std::min<std::int64_t>(*announced, 65'536)));
  read_body(fcgi->in, max_body_bytes, request);
  if (announced && !request.body_too_large)
    request.body_incomplete = static_cast<std::int64_t>(request.body.size()) < *announced;
  return request;
}

/// Status and headers, without the empty line behind them.
std::string head_of(const Response& response) {
  std::string head = "Status: " + std::to_string(response.status) + " ";
  head += status_phrase(response.status);
  head += "\r\n";
  for (const auto& [name, value] : response.headers)
    head.append(name).append(": ").append(value).append("\r\n");
  return head;
}

/// What a socket that nothing was written to takes without waiting.
constexpr std::size_t kWrittenAtOnce = std::size_t{64} * 1024;
/// A large answer is the web server's after a moment: it takes all of it, whatever its client does.
constexpr std::chrono::minutes kLongestAnswer{5};

bool has_body(const Request& request, const Response& response) {
  return response.status != 204 && response.status != 304 && request.method != "HEAD";
}

/// With the empty line.
std::string whole_head_of(const Response& response) {
  auto head = head_of(response);
  const bool bodiless = response.status == 204 || response.status == 304 || response.stream;
  if (!bodiless) head += "Content-Length: " + std::to_string(response.body.size()) + "\r\n";
  return head + "\r\n";
}

/// A peer that takes nothing holds a thread for so long and no longer.
void bound_writing(int fd, std::chrono::milliseconds time) {
  timeval wait{};
  wait.tv_sec = time.count() / 1000;
  wait.tv_usec = time.count() % 1000 * 1000;
  if (::setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof(wait)) != 0)
    log::warn("an answer's time cannot be bounded", {{"errno", errno}});
}

void write_response(FcgiRequest& fcgi, const Request& request, const Response& response) {
  const auto head = whole_head_of(response);
  // A failed write is a client that left: what it asked for is done all the same.
  FCGX_PutStr(head.data(), static_cast<int>(head.size()), fcgi->out);
  if (has_body(request, response))
    FCGX_PutStr(response.body.data(), static_cast<int>(response.body.size()), fcgi->out);
}

/// Makes its body hold as much of the room as it has bytes. Without a free place it is another
/// answer: come again.
void take_place(AnswerRoom* room, const Request& request, Response& response) {
  if (!room) return;
  if (response.place && response.place->bytes() >= response.body.size())
    return response.place->shrink(response.body.size());
  // Nothing is waited for with the whole body at hand.
  auto place = room->try_take(response.body.size());
  if (place) {
    response.place = std::move(place);
    return;
  }
  response = unavailable_response(AnswersFull().what(), 1);
  response.headers.emplace_back("Cache-Control", "no-store");
  response.headers.emplace_back("X-Request-Id", request.request_id);
}

EventServerOptions options_for_bodies(std::chrono::milliseconds patience) {
  EventServerOptions options;
  options.states = [](const std::vector<std::string>&) { return std::vector<LiveState>(); };
  options.look_interval = options.comment_interval = std::chrono::hours(24);
  options.patience = patience;
  options.longest = kLongestAnswer;
  return options;
}

}  // namespace

bool is_listening_socket(int fd) {
  int listening = 0;
  socklen_t size = sizeof(listening);
  return ::getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &size) == 0 && listening != 0;
}

FcgiServer::FcgiServer(const FcgiServerOptions& options, Handler handler)
    : options_(options),
      handler_(std::move(handler)),
      stop_event_(::eventfd(0, EFD_CLOEXEC)),
      epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
  if (!stop_event_) fail("eventfd");
  if (!epoll_) fail("epoll_create1");
  // Another process may take the connection first: accept must then fail rather than sleep.
  const int flags = ::fcntl(options_.listen_fd, F_GETFL);
  if (flags < 0 || ::fcntl(options_.listen_fd, F_SETFL, flags | O_NONBLOCK) < 0)
    fail("fcntl of the listening socket");
  epoll_event connection{};
  connection.events = EPOLLIN | EPOLLEXCLUSIVE;  // wakes one process, not all of them
  connection.data.fd = options_.listen_fd;
  if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, options_.listen_fd, &connection) < 0)
    fail("epoll_ctl");
  epoll_event stop{};
  stop.events = EPOLLIN;
  stop.data.fd = stop_event_.get();
  if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, stop_event_.get(), &stop) < 0) fail("epoll_ctl");
  if (FCGX_Init() != 0) throw std::runtime_error("FCGX_Init failed");

  bodies_ = std::make_unique<EventServer>(options_for_bodies(options_.patience));
  running_ = options_.threads;
  threads_.reserve(static_cast<std::size_t>(options_.threads));
  for (int i = 0; i < options_.threads; ++i) threads_.emplace_back([this] { serve(); });
}

FcgiServer::~FcgiServer() {
  stop();
  for (auto& thread : threads_) thread.join();
}

void FcgiServer::stop() {
  const std::uint64_t one = 1;
  if (::write(stop_event_.get(), &one, sizeof(one)) != sizeof(one))
    log::error("cannot stop accepting", {{"errno", errno}});
}

bool FcgiServer::wait_until_idle(std::chrono::milliseconds time) {
  const auto deadline = std::chrono::steady_clock::now() + time;
  {
    std::unique_lock lock(mutex_);
    if (!changed_.wait_until(lock, deadline, [this] { return running_ == 0; })) return false;
  }
  while (bodies_->connections() > 0) {
    if (std::chrono::steady_clock::now() >= deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return true;
}

/// Becomes the leader and sleeps until a connection is there; false when the server stops.
bool FcgiServer::wait_for_connection() {
  const std::lock_guard lead(lead_);
  for (;;) {
    std::array<epoll_event, 2> events{};
    const int count =
        ::epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), -1);
    if (count < 0 && errno != EINTR) fail("epoll_wait");
    for (int i = 0; i < count; ++i)
      if (events.at(static_cast<std::size_t>(i)).data.fd == stop_event_.get()) return false;
    if (count > 0) return true;
  }
}

/// Writes it; false when the connection was given to somebody who does.
bool FcgiServer::answer(FcgiRequest& fcgi, const Request& request, Response response) {
  if (response.body.size() > kWrittenAtOnce && has_body(request, response))
    take_place(options_.room, request, response);
  const int id = fcgi.request_id();
  if (options_.events && response.stream && request.method != "HEAD") {
    const auto head = whole_head_of(response);
    options_.events->add(fcgi.release(), id, head, std::move(response.stream));
  } else if (response.body.size() > kWrittenAtOnce && has_body(request, response)) {
    const auto head = whole_head_of(response);
    bodies_->add(fcgi.release(), id, head,
                 std::make_shared<HeldBody>(std::move(response.body), std::move(response.place)));
  } else {
    write_response(fcgi, request, response);
    return true;
  }
  return false;
}

void FcgiServer::serve() {
  FcgiRequest fcgi(options_.listen_fd);
  while (wait_for_connection()) {
    const int accepted = FCGX_Accept_r(fcgi.get());
    if (accepted == -EAGAIN) continue;  // somebody else was faster
    if (accepted < 0) {
      log::warn("accept failed", {{"errno", -accepted}});
      std::this_thread::sleep_for(std::chrono::milliseconds(50));  // out of descriptors, perhaps
      continue;
    }
    try {
      auto request = read_request(fcgi, options_.max_body_bytes);
      bound_writing(fcgi->ipcFd, options_.patience);
      if (!answer(fcgi, request, handler_(request))) continue;
    } catch (const std::exception& error) {
      log::error("request without an answer", {{"error", error.what()}});
    }
    FCGX_Finish_r(fcgi.get());
  }
  {
    const std::lock_guard lock(mutex_);
    --running_;
  }
  changed_.notify_all();
}

}  // namespace runyard
