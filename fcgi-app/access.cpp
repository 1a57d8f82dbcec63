#include "fcgi-app/access.hpp"

#include "fcgi-app/problem.hpp"

namespace runyard {
namespace {

bool is_preflight(const Request& request) {
  return request.method == "OPTIONS" && request.header("origin") &&
         request.header("access-control-request-method");
}

std::vector<std::string_view> values_of(const Request& request, std::string_view name) {
  std::vector<std::string_view> values;
  for (const auto& [key, value] : request.headers)
    if (key == name) values.emplace_back(value);
  return values;
}

/// A form or a link can send `Basic` (http://user:password@host/), which is nobody's credentials
/// here; anything else in these headers is only sent where the server allowed it.
bool has_credentials(const Request& request) {
  if (request.header("x-api-key")) return true;
  const auto* authorization = request.header("authorization");
  return authorization && equal_ignoring_case(authorization->substr(0, 7), "Bearer ");
}

}  // namespace

bool Access::is_open_path(const Request& request) const {
  return older_cors_ && request.path.compare(0, 4, "/v1/") == 0;
}

AccessVerdict Access::look_at(const Request& request) const {
  AccessRequest asked;
  asked.method = request.method;
  asked.hosts = values_of(request, "host");
  asked.origins = values_of(request, "origin");
  asked.fetch_sites = values_of(request, "sec-fetch-site");
  asked.server_host = request.server_host;
  asked.listed_origin = request.listed_origin;
  asked.vouched_user = !request.user.empty();
  asked.credentials = has_credentials(request);
  asked.open_path = is_open_path(request);
  return decide_access(rules_, asked);
}

std::optional<Response> Access::early_answer(const Request& request,
                                             const AccessVerdict& verdict) const {
  if (verdict.status != 0) return problem_response(verdict.status, verdict.detail);
  if (!is_preflight(request) || verdict.cors_origin.empty()) return std::nullopt;
  Response response;
  response.status = 204;
  response.headers.emplace_back("Access-Control-Allow-Methods",
                                "GET, POST, PUT, PATCH, DELETE, OPTIONS");
  // For everybody's pages what the clients of that interface know, thus no credentials.
  response.headers.emplace_back("Access-Control-Allow-Headers",
                                is_open_path(request) && !verdict.named
                                    ? "Origin, Content-Type, Accept"
                                    : "Authorization, Content-Type, Idempotency-Key, "
                                      "If-None-Match, Last-Event-ID, Prefer, X-API-Key, "
                                      "X-Request-Id");
  // The longest that browsers keep it.
  response.headers.emplace_back("Access-Control-Max-Age", "7200");
  return response;
}

void Access::add_headers(const Request& request, const AccessVerdict& verdict,
                         Response& response) const {
  // Also where nothing is allowed: a cache in between keeps answers apart by it.
  response.headers.emplace_back("Vary", "Origin");
  if (verdict.cors_origin.empty()) return;
  response.headers.emplace_back("Access-Control-Allow-Origin", verdict.cors_origin);
  if (!is_preflight(request))
    response.headers.emplace_back("Access-Control-Expose-Headers",
                                  "ETag, Location, Retry-After, X-Request-Id");
}

std::vector<std::string> access_warnings(const AccessRules& rules, bool older_cors) {
  auto warnings = access_warnings(rules);
  if (older_cors)
    warnings.emplace_back(
        rules.open ? "older_cors = true: pages of every site may run programs below /v1/, and read "
                     "code and outputs there, as the address of whoever visits them"
                   : "older_cors = true: pages of every site may read what /v1/ shows without "
                     "credentials");
  return warnings;
}

}  // namespace runyard
