#include "fcgi-app/api_metrics.hpp"

#include <algorithm>

namespace runyard {
namespace {

metrics::Counter& refused(const char* reason) {
  return metrics::registry().counter(
      "runyard_api_submissions_refused_total",
      "Submissions that were right but not taken; wrong ones are requests of class 4xx.",
      {{"reason", reason}});
}

}  // namespace

ApiMetrics& api_metrics() {
  static ApiMetrics one{
      metrics::registry().gauge("runyard_api_requests_in_flight",
                                "Requests that are being answered, also those that wait."),
      metrics::registry().counter("runyard_api_database_away_total",
                                  "Requests answered with 503 since the database was away."),
      metrics::registry().counter("runyard_api_submissions_total",
                                  "Submissions that were put into the queue."),
      metrics::registry().counter("runyard_api_submissions_repeated_total",
                                  "Submissions that an idempotency key had made before."),
      refused("queue_full"),
      refused("quota"),
      refused("conflict")};
  return one;
}

RequestMetrics::RequestMetrics(const std::vector<std::string>& routes) {
  for (const auto& route : routes) {
    const auto space = route.find(' ');
    routes_.push_back(make(route.substr(0, space), route.substr(space + 1)));
  }
  routes_.push_back(make("other", "none"));
}

RequestMetrics::Route RequestMetrics::make(const std::string& method, const std::string& path) {
  const metrics::Labels labels{{"route", path}, {"method", method}};
  Route route{};
  for (std::size_t i = 0; i < route.by_class.size(); ++i) {
    auto with_class = labels;
    with_class["status"] = std::to_string(i + 1) + "xx";
    route.by_class[i] = &metrics::registry().counter("runyard_api_requests_total",
                                                     "Requests by route and class of status.",
                                                     with_class, metrics::Show::kOnceUsed);
  }
  route.duration = &metrics::registry().histogram(
      "runyard_api_request_seconds",
      "Time to the answer, or to the beginning of a stream; long polls wait within it.",
      metrics::seconds_bounds(), labels, metrics::Show::kOnceUsed);
  return route;
}

void RequestMetrics::answered(int route, int status, std::chrono::steady_clock::duration took) {
  const auto& of = route < 0 ? routes_.back() : routes_.at(static_cast<std::size_t>(route));
  of.by_class[static_cast<std::size_t>(std::clamp(status / 100, 1, 5) - 1)]->add();
  of.duration->observe(took);
}

}  // namespace runyard
