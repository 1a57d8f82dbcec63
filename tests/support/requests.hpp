#pragma once
// Requests as the API gets them, for tests that hand them to it directly.
#include <string>
#include <utility>
#include <vector>

#include "core/log.hpp"
#include "fcgi-app/http.hpp"

namespace runyard::test {

using Headers = std::vector<std::pair<std::string, std::string>>;

/// `target` is a path, perhaps with a query. A body is JSON unless `headers` name another type.
inline Request request_to(const std::string& method, const std::string& target,
                          const std::string& body = "", Headers headers = {}) {
  Request request;
  request.method = method;
  const auto question = target.find('?');
  request.path = target.substr(0, question);
  if (question != std::string::npos) {
    auto query = parse_query(target.substr(question + 1));
    request.query_malformed = !query;
    if (query) request.query = *query;
  }
  request.headers = std::move(headers);
  if (!body.empty() && !request.header("content-type"))
    request.headers.emplace_back("content-type", "application/json");
  request.body = body;
  request.remote_addr = "192.0.2.1";
  request.request_id = "test";
  return request;
}

/// An API logs a line a request: only its errors are wanted beside a test's own. May be called
/// again.
inline void quiet_log() {
  static const bool quiet = (log::init("api tests", "error"), true);
  static_cast<void>(quiet);
}

}  // namespace runyard::test
