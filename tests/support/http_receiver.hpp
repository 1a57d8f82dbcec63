#pragma once
// An HTTP server that behaves as badly as a test wants, for what makes requests by itself.
#include <atomic>
#include <condition_variable>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "core/unique_fd.hpp"

namespace runyard::test {

struct ReceivedRequest {
  std::string method;
  std::string target;
  std::map<std::string, std::string> headers;  ///< names in lower case
  std::string body;
};

/// A key and a certificate for these names, signed by itself, as PEM texts.
struct Certificate {
  std::string key;
  std::string certificate;
};
/// `subject_names` as in subjectAltName: "DNS:a.test,IP:127.0.0.1". `days`: until it ends; below 0:
/// it has ended.
Certificate make_certificate(const std::string& subject_names, int days);

/// Listens on a port of its own from construction to destruction. What it does depends
/// on the path:
///   /status/N     N and a short body           /hang        reads and never answers
///   /line/X       X as its status line         (`_` stands for a space)
///   /redirect     302 to its own /status/200   /drop        hangs up
///   /endless      200 and a body without end   /drip        a byte of the status line a second
///   /headers      200 and headers without end  /half        200, headers, and never the body
///   /retry/N      503 with Retry-After: N      /hints       103, then 200
///   /late/N       N, after a third of a second
///   /kept         200, and reads the next request on the same connection
class HttpReceiver final {
 public:
  explicit HttpReceiver(const Certificate* tls = nullptr, const std::string& address = "127.0.0.1");
  ~HttpReceiver();
  HttpReceiver(const HttpReceiver&) = delete;
  HttpReceiver& operator=(const HttpReceiver&) = delete;

  int port() const { return port_; }
  /// `host`: the name to reach it by; empty: its address.
  std::string url(const std::string& path, const std::string& host = "") const;
  /// What has arrived so far, in its order.
  std::vector<ReceivedRequest> requests() const;
  /// Connections that were accepted so far.
  int connections() const { return connections_; }
  /// Bytes that /endless and /headers got rid of.
  std::size_t sent() const { return sent_; }

 private:
  struct Connection;
  void accept_all();
  void serve(Connection& connection);
  void answer(Connection& connection, const std::string& path);

  bool tls_ = false;
  const std::string address_;
  std::shared_ptr<void> context_;
  UniqueFd listening_;
  int port_ = 0;
  std::atomic<bool> stop_{false};
  std::atomic<int> connections_{0};
  std::atomic<std::size_t> sent_{0};
  mutable std::mutex mutex_;
  std::vector<ReceivedRequest> requests_;        // under mutex_
  std::list<std::unique_ptr<Connection>> open_;  // under mutex_
  std::vector<std::thread> threads_;             // of accept_all() alone
  std::thread accepting_;
};

}  // namespace runyard::test
