#include "fcgi-app/api.hpp"

#include <exception>

#include "core/errors.hpp"
#include "core/log.hpp"
#include "core/text.hpp"
#include "fcgi-app/compat/compat.hpp"
#include "fcgi-app/problem.hpp"
#include "fcgi-app/routes.hpp"

namespace runyard {
namespace {

void log_request(const Request& request, const Response& response, std::chrono::microseconds took) {
  const log::Fields fields{{"request", request.request_id},
                           {"method", shorten(request.method)},
                           {"path", to_utf8(std::string_view(request.path).substr(0, 200))},
                           {"status", response.status},
                           {"us", took.count()},
                           {"execution", response.execution_id}};
  const bool read_only = request.method == "GET" || request.method == "HEAD";
  if (response.status >= 500)
    log::warn("request", fields);
  else if (read_only && response.status < 400)
    log::debug("request", fields);  // pollers would hide everything else
  else
    log::info("request", fields);
}

}  // namespace

Api::Api(const ApiContext& context) : access_(context.access, context.older_cors) {
  add_submit_routes(router_, context);
  add_execution_routes(router_, context);
  add_part_routes(router_, context);
  add_submission_view_routes(router_, context);
  add_event_routes(router_, context);
  add_problem_routes(router_, context);
  add_session_routes(router_, context);
  add_stats_routes(router_, context);
  add_webhook_routes(router_, context);
  add_language_routes(router_, context);
  add_account_routes(router_, context);
  add_key_routes(router_, context);
  add_health_routes(router_, context);
  add_metrics_routes(router_, context);
  if (context.older) {
    add_spec_routes(router_, context);
    add_learning_routes(router_, context);
    add_submit_poll_routes(router_, context);
    add_execute_routes(router_, context);
  }
  metrics_ = std::make_unique<RequestMetrics>(router_.routes());
}

Response Api::answer(Request& request) const {
  try {
    return router_.route(request);
  } catch (const AnswersFull& error) {
    return unavailable_response(error.what(), 1);
  } catch (const DatabaseUnavailable& error) {
    log::warn("database away", {{"request", request.request_id}, {"error", error.what()}});
    api_metrics().database_away.add();
    return database_away_response();
  } catch (const std::exception& error) {
    log::error("request failed", {{"request", request.request_id}, {"error", error.what()}});
    return problem_response(500,
                            "the server made a mistake; its log has it under this X-Request-Id");
  }
}

Response Api::handle(Request& request) const {
  const auto start = std::chrono::steady_clock::now();
  const metrics::InUse in_flight(api_metrics().in_flight);
  AnswerScope scope;
  const auto verdict = access_.look_at(request);
  auto early = access_.early_answer(request, verdict);
  auto response = early ? std::move(*early) : answer(request);
  access_.add_headers(request, verdict, response);
  response.place = scope.release();
  if (!response.header("Cache-Control")) response.headers.emplace_back("Cache-Control", "no-store");
  response.headers.emplace_back("X-Request-Id", request.request_id);
  const auto took = std::chrono::steady_clock::now() - start;
  metrics_->answered(request.route, response.status, took);
  log_request(request, response, std::chrono::duration_cast<std::chrono::microseconds>(took));
  return response;
}

}  // namespace runyard
