#include "tests/support/fcgi_client.hpp"

#include <sys/socket.h>
#include <sys/un.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <system_error>

namespace runyard::test {
namespace {

constexpr unsigned char kBeginRequest = 1;
constexpr unsigned char kEndRequest = 3;
constexpr unsigned char kParams = 4;
constexpr unsigned char kStdin = 5;
constexpr unsigned char kStdout = 6;

[[noreturn]] void fail(const char* what) {
  throw std::system_error(errno, std::generic_category(), what);
}

sockaddr_un address_of(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof(address.sun_path)) throw std::length_error("path of a socket too long");
  std::memcpy(address.sun_path, path.data(), path.size());
  return address;
}

const sockaddr* generic(const sockaddr_un& address) {
  return reinterpret_cast<const sockaddr*>(&address);
}

void append_length(std::string& out, std::size_t length) {
  for (int shift = 24; shift >= 0; shift -= 8)
    out.push_back(static_cast<char>((length >> shift & 0xff) | (shift == 24 ? 0x80 : 0)));
}

/// False at the end of the stream.
bool read_exactly(int fd, char* into, std::size_t size) {
  while (size > 0) {
    const ssize_t got = ::read(fd, into, size);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    into += got;
    size -= static_cast<std::size_t>(got);
  }
  return true;
}

}  // namespace

FcgiClient::FcgiClient(const std::string& socket_path)
    : fd_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  const auto address = address_of(socket_path);
  if (!fd_ || ::connect(fd_.get(), generic(address), sizeof(address)) != 0) fail("connect");
}

void FcgiClient::send_record(unsigned char type, const std::string& content) {
  std::string record{1, static_cast<char>(type), 0, 1};
  record.push_back(static_cast<char>(content.size() >> 8));
  record.push_back(static_cast<char>(content.size() & 0xff));
  record.append(2, '\0');
  record += content;
  for (std::size_t at = 0; at < record.size();) {
    const ssize_t sent = ::send(fd_.get(), record.data() + at, record.size() - at, MSG_NOSIGNAL);
    if (sent < 0) fail("send");
    at += static_cast<std::size_t>(sent);
  }
}

void FcgiClient::begin(const std::map<std::string, std::string>& params) {
  send_record(kBeginRequest,
              std::string{0, 1, 0, 0, 0, 0, 0, 0});  // a responder, no kept connection
  std::string pairs;
  for (const auto& [name, value] : params) {
    append_length(pairs, name.size());
    append_length(pairs, value.size());
    pairs += name + value;
  }
  send_record(kParams, pairs);
  send_record(kParams, "");
}

void FcgiClient::body(const std::string& part) {
  if (part.empty()) return send_record(kStdin, "");
  constexpr std::size_t kMaxContent = 65'535;
  for (std::size_t at = 0; at < part.size(); at += kMaxContent)
    send_record(kStdin, part.substr(at, kMaxContent));
}

std::string FcgiClient::part() {
  while (!ended_) {
    std::array<char, 8> header{};
    if (!read_exactly(fd_.get(), header.data(), header.size())) return {};
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(header.at(i)); };
    std::string content(static_cast<std::size_t>(byte(4) << 8 | byte(5)) + byte(6), '\0');
    if (!read_exactly(fd_.get(), content.data(), content.size())) return {};
    content.resize(content.size() - byte(6));
    if (byte(1) == kStdout && !content.empty()) return content;
    ended_ = byte(1) == kEndRequest;
  }
  return {};
}

std::string FcgiClient::answer() {
  std::string out;
  for (auto next = part(); !next.empty(); next = part()) out += next;
  return out;
}

UniqueFd listen_on(const std::string& socket_path) {
  UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const auto address = address_of(socket_path);
  if (!fd || ::bind(fd.get(), generic(address), sizeof(address)) != 0) fail("bind");
  if (::listen(fd.get(), 128) != 0) fail("listen");
  return fd;
}

}  // namespace runyard::test
