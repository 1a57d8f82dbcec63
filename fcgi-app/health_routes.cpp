#include <algorithm>

#include "core/metrics_store.hpp"
#include "fcgi-app/access.hpp"
#include "fcgi-app/problem.hpp"
#include "fcgi-app/routes.hpp"

namespace runyard {
namespace {

/// This process answers; nothing else is asked.
Response health(const Request& /*request*/) { return json_response(200, R"({"status":"UP"})"); }

Response ready(const ApiContext& context) {
  if (auto why = context.fleet.why_not_ready(); !why.empty())
    return unavailable_response(std::move(why), 2);
  if (context.writer && context.writer->cannot_write())
    return unavailable_response("the database cannot write; its log says why", 5);
  const auto view = context.fleet.view();
  const auto& languages = context.catalog.all();
  const auto available =
      std::count_if(languages.begin(), languages.end(),
                    [&](const Language& language) { return view->can_run(language); });
  json::Writer writer;
  writer.begin_object()
      .member("status", "READY")
      .member("live_workers", view->live_workers)
      .member("languages_available", static_cast<std::int64_t>(available));
  writer.key("warnings").begin_array();
  if (view->local)
    writer.string(
        "a worker has sandbox = local: programs run on its machine without a container, which is "
        "for development with trusted code");
  for (const auto& warning : access_warnings(context.access, context.older_cors))
    writer.string(warning);
  writer.end_array().end_object();
  return json_response(200, writer.text());
}

}  // namespace

void add_health_routes(Router& router, const ApiContext& context) {
  for (const std::string base : {"", "/api/v1"}) {
    router.add("GET", base + "/health", health);
    router.add("GET", base + "/ready",
               [context](const Request& /*request*/) { return ready(context); });
  }
}

}  // namespace runyard
