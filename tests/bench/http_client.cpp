#include "tests/bench/http_client.hpp"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <cerrno>
#include <cstdlib>
#include <memory>

namespace runyard::bench {
namespace {

// Above the longest wait that the bench asks for.
constexpr int kPatienceSeconds = 90;

}  // namespace

HttpClient::HttpClient(const Stack& stack) : host_(stack.host), port_(stack.port) { connect(); }

void HttpClient::connect() {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (::getaddrinfo(host_.c_str(), port_.c_str(), &hints, &found) != 0)
    throw Failure("no address for " + host_);
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> addresses(found, &::freeaddrinfo);
  for (const auto* one = found; one; one = one->ai_next) {
    socket_.reset(::socket(one->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (!socket_ || ::connect(socket_.get(), one->ai_addr, one->ai_addrlen) != 0) continue;
    const int on = 1;
    ::setsockopt(socket_.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    const timeval patience{kPatienceSeconds, 0};
    ::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    return;
  }
  throw Failure("nothing answers on " + host_ + ":" + port_ + "; start the stack by ./runyard up");
}

bool HttpClient::send_all(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

bool HttpClient::read_more(std::string& into) {
  char buffer[65536];
  ssize_t got = 0;
  do {
    got = ::recv(socket_.get(), buffer, sizeof buffer, 0);
  } while (got < 0 && errno == EINTR);
  if (got <= 0) return false;
  into.append(buffer, static_cast<std::size_t>(got));
  return true;
}

Reply HttpClient::request(std::string_view method, const std::string& path,
                          const std::string& body) {
  std::string message(method);
  message += " " + path + " HTTP/1.1\r\nHost: " + host_ + "\r\n";
  if (!body.empty())
    message +=
        "Content-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) + "\r\n";
  message += "\r\n" + body;

  std::string answer;
  // The server may have closed a connection that was idle: then nothing of the request was read.
  if (!send_all(message) || !read_more(answer)) {
    connect();
    if (!send_all(message) || !read_more(answer))
      throw Failure("no answer to " + std::string(method) + " " + path);
  }
  std::size_t head = 0;
  while ((head = answer.find("\r\n\r\n")) == std::string::npos)
    if (!read_more(answer)) throw Failure("the answer to " + path + " is cut short");
  const auto length_at = answer.find("Content-Length: ");
  Reply reply;
  reply.status = std::atoi(answer.c_str() + sizeof "HTTP/1.1");
  std::size_t length = 0;
  if (length_at < head)
    length = std::strtoul(answer.c_str() + length_at + 16, nullptr, 10);
  else if (reply.status != 204 && reply.status != 304)
    throw Failure("the answer to " + path + " has no Content-Length");
  while (answer.size() < head + 4 + length)
    if (!read_more(answer)) throw Failure("the answer to " + path + " is cut short");
  reply.body = answer.substr(head + 4, length);
  return reply;
}

}  // namespace runyard::bench
