#include "fcgi-app/router.hpp"

#include <algorithm>

#include "fcgi-app/problem.hpp"

namespace runyard {
namespace {

/// "/a/b" -> "a", "b". A path that does not begin with a slash has no segments.
std::vector<std::string_view> split(std::string_view path) {
  std::vector<std::string_view> segments;
  while (!path.empty() && path.front() == '/') {
    path.remove_prefix(1);
    const auto segment = path.substr(0, path.find('/'));
    segments.push_back(segment);
    path.remove_prefix(segment.size());
  }
  return segments;
}

bool is_placeholder(std::string_view segment) { return !segment.empty() && segment.front() == '{'; }

Response not_found() { return problem_response(404, "there is no such resource"); }

}  // namespace

void Router::add(std::string method, std::string_view pattern, Handler handler) {
  const auto pieces = split(pattern);
  std::vector<std::string> segments(pieces.begin(), pieces.end());
  auto route = std::find_if(routes_.begin(), routes_.end(),
                            [&](const Route& r) { return r.segments == segments; });
  if (route == routes_.end()) route = routes_.insert(route, Route{std::move(segments), {}});
  route->methods.push_back({std::move(method), std::move(handler), methods_++});
}

bool Router::fits(const Route& route, const std::vector<std::string_view>& segments) {
  return std::equal(route.segments.begin(), route.segments.end(), segments.begin(), segments.end(),
                    [](const std::string& wanted, std::string_view given) {
                      return is_placeholder(wanted) ? !given.empty() : wanted == given;
                    });
}

const Router::Route* Router::find(const std::vector<std::string_view>& segments) const {
  for (const auto& route : routes_)
    if (fits(route, segments)) return &route;
  return nullptr;
}

Response Router::route(Request& request) const {
  auto segments = split(request.path);
  if (segments.size() > 1 && segments.back().empty()) segments.pop_back();
  const auto* route = find(segments);
  if (!route) return not_found();

  request.params.clear();
  for (std::size_t i = 0; i < segments.size(); ++i) {
    if (!is_placeholder(route->segments[i])) continue;
    auto value = percent_decode(segments[i], false);
    if (!value) return not_found();
    request.params.push_back(std::move(*value));
  }

  const std::string_view method =
      request.method == "HEAD" ? "GET" : std::string_view(request.method);
  std::string allowed;
  for (const auto& [name, handler, number] : route->methods) {
    if (name == method) {
      request.route = number;
      return handler(request);
    }
    allowed += name + ", ";
    if (name == "GET") allowed += "HEAD, ";
  }
  allowed += "OPTIONS";
  Response response;
  if (request.method == "OPTIONS")
    response.status = 204;
  else
    response = problem_response(405, "this resource takes " + allowed + " only");
  response.headers.emplace_back("Allow", allowed);
  return response;
}

std::vector<std::string> Router::routes() const {
  std::vector<std::string> found(static_cast<std::size_t>(methods_));
  for (const auto& route : routes_) {
    std::string path;
    for (const auto& segment : route.segments) path += '/' + segment;
    for (const auto& method : route.methods)
      found[static_cast<std::size_t>(method.number)] = method.name + ' ' + path;
  }
  return found;
}

}  // namespace runyard
