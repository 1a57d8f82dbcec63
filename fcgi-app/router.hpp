#pragma once
// From method and path to the function that answers. Pure: it keeps no state between requests.
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "fcgi-app/http.hpp"

namespace runyard {

class Router final {
 public:
  using Handler = std::function<Response(const Request&)>;

  /// `pattern` is a path whose segments are literal or `{name}`, which stands for one non-empty
  /// segment. Where two patterns fit a path, the one that was added first answers.
  void add(std::string method, std::string_view pattern, Handler handler);

  /// Calls the handler with `params` filled in. 404 for a path that no pattern fits (also one with
  /// a broken escape), 405 with `Allow` for another method; OPTIONS is answered with 204 and
  /// `Allow`; HEAD goes where GET goes (the server leaves the body out). One slash at the end of a
  /// path changes nothing: several of the older interfaces' clients send it.
  Response route(Request& request) const;

  /// Everything that was added, as "GET /a/{b}", in the order in which it was.
  std::vector<std::string> routes() const;

 private:
  struct Method {
    std::string name;
    Handler handler;
    int number = 0;  // in routes()
  };
  struct Route {
    std::vector<std::string> segments;  // "{...}" is a placeholder
    std::vector<Method> methods;
  };

  static bool fits(const Route& route, const std::vector<std::string_view>& segments);
  const Route* find(const std::vector<std::string_view>& segments) const;

  std::vector<Route> routes_;
  int methods_ = 0;
};

}  // namespace runyard
