#include "tests/support/http_receiver.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <stdexcept>

namespace runyard::test {
namespace {

void require(bool right, const char* what) {
  if (!right) throw std::runtime_error(std::string("http receiver: ") + what);
}

std::string text_of(BIO* memory) {
  char* data = nullptr;
  const auto size = BIO_get_mem_data(memory, &data);
  return {data, static_cast<std::size_t>(size)};
}

using Pem = std::unique_ptr<BIO, decltype(&::BIO_free)>;

Pem memory_of(const std::string& text) {
  return {::BIO_new_mem_buf(text.data(), static_cast<int>(text.size())), &::BIO_free};
}

std::shared_ptr<void> make_context(const Certificate& tls) {
  std::shared_ptr<SSL_CTX> context(::SSL_CTX_new(::TLS_server_method()), &::SSL_CTX_free);
  const auto key_text = memory_of(tls.key);
  const auto certificate_text = memory_of(tls.certificate);
  const std::unique_ptr<EVP_PKEY, decltype(&::EVP_PKEY_free)> key(
      ::PEM_read_bio_PrivateKey(key_text.get(), nullptr, nullptr, nullptr), &::EVP_PKEY_free);
  const std::unique_ptr<X509, decltype(&::X509_free)> certificate(
      ::PEM_read_bio_X509(certificate_text.get(), nullptr, nullptr, nullptr), &::X509_free);
  require(key && certificate && ::SSL_CTX_use_certificate(context.get(), certificate.get()) == 1 &&
              ::SSL_CTX_use_PrivateKey(context.get(), key.get()) == 1,
          "the certificate cannot be used");
  return context;
}

std::string small(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return text;
}

}  // namespace

Certificate make_certificate(const std::string& subject_names, int days) {
  const std::unique_ptr<EVP_PKEY, decltype(&::EVP_PKEY_free)> key(::EVP_EC_gen("P-256"),
                                                                  &::EVP_PKEY_free);
  const std::unique_ptr<X509, decltype(&::X509_free)> certificate(::X509_new(), &::X509_free);
  require(key && certificate, "no key");
  auto* x = certificate.get();
  ::X509_set_version(x, 2);
  ::ASN1_INTEGER_set(::X509_get_serialNumber(x), 1);
  constexpr long kDay = 24 * 3600;
  ::X509_gmtime_adj(::X509_getm_notBefore(x), std::min(-1, days - 1) * kDay);
  ::X509_gmtime_adj(::X509_getm_notAfter(x), days * kDay);
  ::X509_set_pubkey(x, key.get());
  auto* name = ::X509_get_subject_name(x);
  ::X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>("runyard test"), -1, -1, 0);
  ::X509_set_issuer_name(x, name);
  for (const auto& [id, value] :
       {std::pair<int, std::string>{NID_subject_alt_name, subject_names},
        std::pair<int, std::string>{NID_basic_constraints, "critical,CA:TRUE"}}) {
    auto* extension = ::X509V3_EXT_conf_nid(nullptr, nullptr, id, value.c_str());
    require(extension != nullptr, "no such extension");
    ::X509_add_ext(x, extension, -1);
    ::X509_EXTENSION_free(extension);
  }
  require(::X509_sign(x, key.get(), ::EVP_sha256()) > 0, "cannot be signed");
  const Pem key_text(::BIO_new(::BIO_s_mem()), &::BIO_free);
  const Pem certificate_text(::BIO_new(::BIO_s_mem()), &::BIO_free);
  ::PEM_write_bio_PrivateKey(key_text.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  ::PEM_write_bio_X509(certificate_text.get(), x);
  return {text_of(key_text.get()), text_of(certificate_text.get())};
}

struct HttpReceiver::Connection {
  UniqueFd fd;
  std::unique_ptr<SSL, decltype(&::SSL_free)> ssl{nullptr, &::SSL_free};
  const std::atomic<bool>* stop = nullptr;
  std::string buffer;

  /// False when the other end is gone or the receiver ends.
  bool read_more() {
    char chunk[16384];
    for (;;) {
      if (*stop) return false;
      pollfd wait{fd.get(), POLLIN, 0};
      if (!(ssl && ::SSL_pending(ssl.get()) > 0) && ::poll(&wait, 1, 20) == 0) continue;
      const auto size = ssl ? ::SSL_read(ssl.get(), chunk, sizeof chunk)
                            : static_cast<int>(::recv(fd.get(), chunk, sizeof chunk, 0));
      if (size <= 0) return false;
      buffer.append(chunk, static_cast<std::size_t>(size));
      return true;
    }
  }
  bool write(const std::string& text) const {
    if (*stop) return false;
    if (ssl) return ::SSL_write(ssl.get(), text.data(), static_cast<int>(text.size())) > 0;
    for (std::size_t at = 0; at < text.size();) {
      const auto sent = ::send(fd.get(), text.data() + at, text.size() - at, MSG_NOSIGNAL);
      if (sent <= 0) return false;
      at += static_cast<std::size_t>(sent);
    }
    return true;
  }
  /// Until the other end hangs up.
  void hold() {
    while (read_more()) buffer.clear();
  }
};

HttpReceiver::HttpReceiver(const Certificate* tls, const std::string& local)
    : tls_(tls != nullptr), address_(local) {
  if (tls) context_ = make_context(*tls);
  const bool v6 = local.find(':') != std::string::npos;
  listening_.reset(::socket(v6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in6 address{};
  auto* any = reinterpret_cast<sockaddr*>(&address);
  auto* address4 = reinterpret_cast<sockaddr_in*>(&address);
  any->sa_family = v6 ? AF_INET6 : AF_INET;
  require(::inet_pton(any->sa_family, local.c_str(),
                      v6 ? static_cast<void*>(&address.sin6_addr) : &address4->sin_addr) == 1,
          "no such address");
  socklen_t size = v6 ? sizeof address : sizeof *address4;
  require(::bind(listening_.get(), any, size) == 0 && ::listen(listening_.get(), 128) == 0 &&
              ::getsockname(listening_.get(), any, &size) == 0,
          "no port");
  port_ = ntohs(v6 ? address.sin6_port : address4->sin_port);
  accepting_ = std::thread([this] { accept_all(); });
}

HttpReceiver::~HttpReceiver() {
  stop_ = true;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& connection : open_) ::shutdown(connection->fd.get(), SHUT_RDWR);
  }
  accepting_.join();
  for (auto& thread : threads_) thread.join();
}

std::string HttpReceiver::url(const std::string& path, const std::string& host) const {
  const auto& name = host.empty() ? address_ : host;
  return (tls_ ? "https://" : "http://") +
         (name.find(':') == std::string::npos ? name : "[" + name + "]") + ":" +
         std::to_string(port_) + path;
}

std::vector<ReceivedRequest> HttpReceiver::requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

void HttpReceiver::accept_all() {
  while (!stop_) {
    pollfd wait{listening_.get(), POLLIN, 0};
    if (::poll(&wait, 1, 20) <= 0) continue;
    auto connection = std::make_unique<Connection>();
    connection->fd.reset(::accept4(listening_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (!connection->fd) continue;
    ++connections_;
    connection->stop = &stop_;
    auto& one = *connection;
    {
      const std::lock_guard lock(mutex_);
      if (stop_) return;  // the destructor ends those that it finds
      open_.push_back(std::move(connection));
    }
    threads_.emplace_back([this, &one] {
      serve(one);
      ::shutdown(one.fd.get(), SHUT_RDWR);
    });
  }
}

void HttpReceiver::serve(Connection& connection) {
  if (context_ && !connection.ssl) {
    connection.ssl.reset(::SSL_new(static_cast<SSL_CTX*>(context_.get())));
    ::SSL_set_fd(connection.ssl.get(), connection.fd.get());
    if (::SSL_accept(connection.ssl.get()) != 1) return;
  }
  std::size_t end = 0;
  while ((end = connection.buffer.find("\r\n\r\n")) == std::string::npos)
    if (!connection.read_more()) return;
  ReceivedRequest request;
  const auto head = connection.buffer.substr(0, end + 2);
  connection.buffer.erase(0, end + 4);
  auto line_end = head.find("\r\n");
  const auto first = head.substr(0, line_end);
  const auto space = first.find(' ');
  request.method = first.substr(0, space);
  request.target = first.substr(space + 1, first.rfind(' ') - space - 1);
  for (auto at = line_end + 2; at < head.size(); at = line_end + 2) {
    line_end = head.find("\r\n", at);
    const auto line = head.substr(at, line_end - at);
    const auto colon = line.find(':');
    auto value = line.substr(colon + 1);
    value.erase(0, value.find_first_not_of(' '));
    request.headers[small(line.substr(0, colon))] = value;
  }
  const auto length =
      request.headers.count("content-length") ? std::stoul(request.headers["content-length"]) : 0;
  while (connection.buffer.size() < length)
    if (!connection.read_more()) return;
  request.body = connection.buffer.substr(0, length);
  connection.buffer.clear();
  const auto path = request.target.substr(0, request.target.find('?'));
  {
    const std::lock_guard lock(mutex_);
    requests_.push_back(std::move(request));
  }
  answer(connection, path);
}

void HttpReceiver::answer(Connection& connection, const std::string& path) {
  const auto number = [&](const std::string& before) {
    return path.rfind(before, 0) == 0 ? path.substr(before.size()) : std::string();
  };
  if (const auto status = number("/status/"); !status.empty()) {
    connection.write("HTTP/1.1 " + status + " X\r\nContent-Length: 5\r\n\r\nhello");
  } else if (const auto late = number("/late/"); !late.empty()) {
    std::this_thread::sleep_for(std::chrono::milliseconds(333));
    connection.write("HTTP/1.1 " + late + " X\r\nContent-Length: 0\r\n\r\n");
  } else if (auto line = number("/line/"); !line.empty()) {
    std::replace(line.begin(), line.end(), '_', ' ');
    connection.write(line + "\r\nContent-Length: 0\r\n\r\n");
  } else if (const auto seconds = number("/retry/"); !seconds.empty()) {
    connection.write("HTTP/1.1 503 X\r\nRetry-After: " + seconds + "\r\nContent-Length: 0\r\n\r\n");
  } else if (path == "/redirect") {
    connection.write("HTTP/1.1 302 Found\r\nLocation: " + url("/status/200") +
                     "\r\nContent-Length: 0\r\n\r\n");
  } else if (path == "/hints") {
    connection.write("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n");
    connection.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  } else if (path == "/kept") {
    connection.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    serve(connection);
  } else if (path == "/endless") {
    connection.write("HTTP/1.1 200 OK\r\n\r\n");
    while (connection.write(std::string(4096, 'x'))) sent_ += 4096;
  } else if (path == "/headers") {
    connection.write("HTTP/1.1 200 OK\r\n");
    while (connection.write("X-More: " + std::string(1000, 'x') + "\r\n")) sent_ += 1010;
  } else if (path == "/half") {
    connection.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhel");
    connection.hold();
  } else if (path == "/drip") {
    for (const char c : std::string("HTTP/1.1 200 OK\r\n\r\n")) {
      if (!connection.write(std::string(1, c))) return;
      for (int i = 0; i < 10 && !stop_; ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
  } else if (path == "/hang") {
    connection.hold();
  }
}

}  // namespace runyard::test
