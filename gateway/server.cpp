#include "gateway/server.hpp"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <boost/asio/post.hpp>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstring>

#include "core/errors.hpp"
#include "core/log.hpp"

namespace runyard::gateway {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

[[noreturn]] void fail(const std::string& listen, const std::string& why) {
  throw ConfigError("listen: " + listen + ": " + why);
}

[[noreturn]] void fail_errno(const std::string& listen) { fail(listen, std::strerror(errno)); }

void bind_unix(int fd, const std::string& listen, const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.empty() || path.size() >= sizeof(address.sun_path))
    fail(listen,
         "a socket's path has 1 to " + std::to_string(sizeof(address.sun_path) - 1) + " bytes");
  std::memcpy(address.sun_path, path.data(), path.size());
  const auto* generic = reinterpret_cast<const sockaddr*>(&address);
  const UniqueFd probe(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (::connect(probe.get(), generic, sizeof(address)) == 0)
    fail(listen, "another process listens there");
  struct stat existing {};
  if (errno == ECONNREFUSED && ::lstat(path.c_str(), &existing) == 0 && S_ISSOCK(existing.st_mode))
    ::unlink(path.c_str());
  if (::bind(fd, generic, sizeof(address)) != 0) fail_errno(listen);
  if (::chmod(path.c_str(), 0660) != 0) fail_errno(listen);
}

void bind_tcp(int fd, const std::string& listen) {
  const auto colon = listen.rfind(':');
  sockaddr_in address{};
  address.sin_family = AF_INET;
  unsigned short port = 0;
  const auto digits = colon == std::string::npos ? std::string() : listen.substr(colon + 1);
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (digits.empty() || error != std::errc() || end != digits.data() + digits.size() ||
      ::inet_pton(AF_INET, listen.substr(0, colon).c_str(), &address.sin_addr) != 1)
    fail(listen, "must be unix:/path or ADDRESS:PORT");
  address.sin_port = htons(port);
  const int yes = 1;
  ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
  if (::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0)
    fail_errno(listen);
}

}  // namespace

UniqueFd open_listening(const std::string& listen) {
  constexpr std::string_view kUnix = "unix:";
  const bool local = listen.compare(0, kUnix.size(), kUnix) == 0;
  UniqueFd fd(::socket(local ? AF_UNIX : AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd) fail_errno(listen);
  if (local)
    bind_unix(fd.get(), listen, listen.substr(kUnix.size()));
  else
    bind_tcp(fd.get(), listen);
  if (::listen(fd.get(), 1024) != 0) fail_errno(listen);
  return fd;
}

Server::Server(asio::io_context& io, UniqueFd listening, HttpServices& services, int max_open)
    : io_(io),
      services_(services),
      max_open_(max_open),
      strand_(asio::make_strand(io)),
      listening_(strand_, listening.release()),
      pause_(strand_) {}

void Server::start() {
  asio::post(strand_, [this] { wait(); });
}

void Server::stop() {
  asio::post(strand_, [this] {
    error_code ignored;
    listening_.close(ignored);
    pause_.cancel();
  });
}

void Server::wait() {
  listening_.async_wait(asio::posix::stream_descriptor::wait_read, [this](error_code error) {
    if (error || !listening_.is_open()) return;
    while (accept_one()) {
    }
    if (errno == EAGAIN || errno == ECONNABORTED || errno == EINTR) return wait();
    // Out of descriptors or memory: what is open goes on, and frees some.
    log::error("cannot accept", {{"error", std::strerror(errno)}});
    pause_.expires_after(std::chrono::milliseconds(100));
    pause_.async_wait([this](error_code cancelled) {
      if (!cancelled) wait();
    });
  });
}

bool Server::accept_one() {
  sockaddr_storage address{};
  socklen_t size = sizeof(address);
  UniqueFd fd(::accept4(listening_.native_handle(), reinterpret_cast<sockaddr*>(&address), &size,
                        SOCK_CLOEXEC | SOCK_NONBLOCK));
  if (!fd) return false;
  if (*open_ >= max_open_) {
    log::warn("too many connections", {{"open", open_->load()}});
    return true;
  }
  ++*open_;
  // A typed line must not wait for the answer to the one before.
  const int yes = 1;
  if (address.ss_family != AF_UNIX)
    ::setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
  asio::generic::stream_protocol::socket socket(asio::make_strand(io_));
  socket.assign(asio::generic::stream_protocol(address.ss_family, 0), fd.get());
  (void)fd.release();
  serve_http(std::move(socket), services_,
             std::shared_ptr<void>(nullptr, [open = open_](void*) { --*open; }));
  return true;
}

}  // namespace runyard::gateway
