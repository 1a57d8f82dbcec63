#include "tests/support/scripted_server.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <cctype>
#include <stdexcept>

namespace runyard::test {
namespace {

constexpr int kTurnMs = 20;

/// False when the other end is gone or nothing came until `stop`.
bool read_more(const UniqueFd& fd, std::string& text, const std::atomic<bool>& stop) {
  while (!stop) {
    pollfd readable{fd.get(), POLLIN, 0};
    if (::poll(&readable, 1, kTurnMs) == 0) continue;
    char chunk[65536];
    const auto size = ::recv(fd.get(), chunk, sizeof chunk, 0);
    if (size <= 0) return false;
    text.append(chunk, static_cast<std::size_t>(size));
    return true;
  }
  return false;
}

ScriptedRequest parse_head(const std::string& head) {
  ScriptedRequest request;
  const auto first = head.substr(0, head.find("\r\n"));
  request.method = first.substr(0, first.find(' '));
  request.target = first.substr(request.method.size() + 1);
  request.target.resize(request.target.find(' '));
  for (auto at = first.size() + 2; at < head.size();) {
    const auto end = head.find("\r\n", at);
    const auto line = head.substr(at, end - at);
    const auto colon = line.find(": ");
    auto name = line.substr(0, colon);
    for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    if (colon != std::string::npos) request.headers[name] = line.substr(colon + 2);
    at = end + 2;
  }
  return request;
}

}  // namespace

std::string http_answer(int status, const std::string& body, const std::string& headers) {
  return "HTTP/1.1 " + std::to_string(status) + " X\r\n" + headers +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

ScriptedServer::ScriptedServer(Script script) : script_(std::move(script)) {
  listening_.reset(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* any = reinterpret_cast<sockaddr*>(&address);
  if (::bind(listening_.get(), any, size) != 0 || ::listen(listening_.get(), 64) != 0 ||
      ::getsockname(listening_.get(), any, &size) != 0)
    throw std::runtime_error("scripted server: no port");
  port_ = ntohs(address.sin_port);
  accepting_ = std::thread([this] { accept_all(); });
}

ScriptedServer::~ScriptedServer() {
  stop_ = true;
  accepting_.join();
  for (auto& thread : threads_) thread.join();
}

std::vector<ScriptedRequest> ScriptedServer::requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

void ScriptedServer::accept_all() {
  while (!stop_) {
    pollfd readable{listening_.get(), POLLIN, 0};
    if (::poll(&readable, 1, kTurnMs) <= 0) continue;
    UniqueFd connection(::accept4(listening_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (!connection) continue;
    threads_.emplace_back([this, fd = connection.release()] { serve(UniqueFd(fd)); });
  }
}

void ScriptedServer::serve(UniqueFd connection) {
  std::string text;
  std::size_t end = 0;
  while ((end = text.find("\r\n\r\n")) == std::string::npos)
    if (!read_more(connection, text, stop_)) return;
  auto request = parse_head(text.substr(0, end + 2));
  request.body = text.substr(end + 4);
  const auto length = request.headers.find("content-length");
  while (length != request.headers.end() && request.body.size() < std::stoul(length->second))
    if (!read_more(connection, request.body, stop_)) return;
  ScriptedAnswer answer("");
  {
    const std::lock_guard lock(mutex_);
    requests_.push_back(request);
    answer = script_(request);
  }
  for (std::size_t at = 0; at < answer.bytes.size();) {
    const auto sent =
        ::send(connection.get(), answer.bytes.data() + at, answer.bytes.size() - at, MSG_NOSIGNAL);
    if (sent <= 0) return;
    at += static_cast<std::size_t>(sent);
  }
  if (answer.hold)
    while (read_more(connection, text, stop_)) {
    }
}

}  // namespace runyard::test
