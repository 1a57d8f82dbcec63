#pragma once
// What the API counts. See core/metrics.hpp.
#include <array>
#include <chrono>
#include <string>
#include <vector>

#include "core/metrics.hpp"

namespace runyard {

/// Of everything but single requests.
struct ApiMetrics {
  metrics::Gauge& in_flight;
  metrics::Counter& database_away;  ///< answers
  metrics::Counter& accepted;       ///< submissions, as all below
  metrics::Counter& repeated;       ///< found by its idempotency key
  metrics::Counter& queue_full;
  metrics::Counter& quota;
  metrics::Counter& conflict;
};
ApiMetrics& api_metrics();

/// Requests by route, method and class of status; durations by route and method. Thread-safe.
class RequestMetrics final {
 public:
  /// `routes` as Router::routes() gives them; their numbers are the places there.
  explicit RequestMetrics(const std::vector<std::string>& routes);

  /// `route` -1: of none of them.
  void answered(int route, int status, std::chrono::steady_clock::duration took);

 private:
  struct Route {
    std::array<metrics::Counter*, 5> by_class;  // 1xx to 5xx
    metrics::Histogram* duration;
  };
  static Route make(const std::string& method, const std::string& path);

  std::vector<Route> routes_;  // the last is that of no route
};

}  // namespace runyard
