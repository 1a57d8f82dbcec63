#pragma once
// One WebSocket to the gateway of the measured stack.
#include <memory>
#include <string>

#include "tests/bench/stack.hpp"

namespace runyard::bench {

/// Blocking. Every function throws Failure when the connection ends or nothing comes for 30 s.
class LiveClient final {
 public:
  explicit LiveClient(const Stack& stack);
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

}  // namespace runyard::bench
