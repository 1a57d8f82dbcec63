#pragma once
// GET /ready: whether a live run could be started through this gateway.
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <utility>

#include "gateway/http_exchange.hpp"

namespace runyard::gateway {

class ApiClient;

/// 200 {"status":"READY"}; 503 when the connection to the database that listens is lost, or the API
/// does not answer. /health beside it tells of this process alone, which nothing restarts for what
/// is away.
class ReadyRoute final : public Route {
 public:
  /// `database_there`: called for each request, on any thread.
  ReadyRoute(boost::asio::io_context& io, ApiClient& api, std::function<bool()> database_there,
             std::chrono::milliseconds patience = std::chrono::seconds(3))
      : io_(io), api_(api), database_there_(std::move(database_there)), patience_(patience) {}

  void handle(std::shared_ptr<Exchange> exchange) override;
  void drain(std::function<void()> done) override { done(); }

 private:
  boost::asio::io_context& io_;
  ApiClient& api_;
  const std::function<bool()> database_there_;
  const std::chrono::milliseconds patience_;
};

}  // namespace runyard::gateway
