#pragma once
// GET /api/v1/live: the upgrade of native clients.
#include <memory>
#include <mutex>
#include <unordered_map>

#include "gateway/http_exchange.hpp"
#include "gateway/live_context.hpp"

namespace runyard::gateway {

class LiveSession;

/// Refuses before the upgrade what can be refused: what asks for no WebSocket (426), clients beyond
/// the places (503, 429), and a web server that does not say who asks (400).
class LiveRoute final : public Route {
 public:
  explicit LiveRoute(const LiveContext& context) : context_(context) {}

  void handle(std::shared_ptr<Exchange> exchange) override;
  void drain(std::function<void()> done) override;

 private:
  std::shared_ptr<WebSocketListener> open(Caller caller, std::shared_ptr<void> place,
                                          std::shared_ptr<WebSocket> web_socket);
  void ended(std::uint64_t number);

  const LiveContext& context_;
  std::mutex mutex_;
  // All under mutex_.
  std::unordered_map<std::uint64_t, std::weak_ptr<LiveSession>> sessions_;
  std::uint64_t next_ = 0;
  bool draining_ = false;
  std::function<void()> drained_;
};

}  // namespace runyard::gateway
