#pragma once
// One WebSocket to a gateway, with its native messages.
#include <memory>
#include <string>

#include "core/json.hpp"

namespace runyard::test {

/// Blocking. Every function throws std::runtime_error when the connection ends or nothing comes for
/// 30 s.
class LiveClient final {
 public:
  /// `address`: HOST:PORT, or the /path of a gateway's own socket. There `client` is who the web
  /// server would say that the client is.
  explicit LiveClient(const std::string& address, const std::string& client = "");
  ~LiveClient();
  LiveClient(const LiveClient&) = delete;
  LiveClient& operator=(const LiveClient&) = delete;

  /// One message of the gateway's protocol, a JSON object.
  void send(const std::string& message);
  json::Value receive();

 private:
  struct Connection;
  std::unique_ptr<Connection> connection_;
};

}  // namespace runyard::test
