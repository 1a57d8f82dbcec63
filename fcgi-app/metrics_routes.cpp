#include "fcgi-app/metrics_page.hpp"
#include "fcgi-app/problem.hpp"
#include "fcgi-app/routes.hpp"

namespace runyard {
namespace {

/// 403 rather than a 404: that there is such a page is no secret, and who sets up a Prometheus
/// shall see what is missing.
Response read_metrics(const ApiContext& context, const Request& request) {
  if (!holds(context.metrics_allow, request.remote_addr))
    return problem_response(403, "this address may not read the metrics (setting metrics_allow)");
  Response response;
  response.headers.emplace_back("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
  response.body = required(context.metrics).text();
  return response;
}

}  // namespace

void add_metrics_routes(Router& router, const ApiContext& context) {
  for (const char* path : {"/metrics", "/api/v1/metrics"})
    router.add("GET", path,
               [context](const Request& request) { return read_metrics(context, request); });
}

}  // namespace runyard
