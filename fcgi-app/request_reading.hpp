#pragma once
// What handlers read from a request besides its path.
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/execution_json.hpp"
#include "core/json.hpp"
#include "fcgi-app/caller.hpp"
#include "fcgi-app/http.hpp"
#include "fcgi-app/object_reader.hpp"
#include "fcgi-app/router.hpp"

namespace runyard {

struct ApiContext;

/// A handler that knows whose request it is. 401 (with WWW-Authenticate) when that cannot be said,
/// 403 when the caller's key lacks the scope.
Router::Handler for_caller(const ApiContext& context, Scope scope,
                           std::function<Response(const Request&, const Caller&)> handler);

/// The same for a plain function, which gets a copy of the context with each request.
using CallerRoute = Response (*)(const ApiContext&, const Request&, const Caller&);
Router::Handler for_caller(const ApiContext& context, Scope scope, CallerRoute route);

/// The JSON of the body, or the answer that refuses it: 413 too large, 415 no `application/json` or
/// a Content-Encoding, 400 cut off, empty or malformed.
std::variant<json::Value, Response> read_json(const Request& request);

/// The same as a value and as the problem itself, for groups of routes that write their own errors.
/// `any_type`: whatever the body says it is, as servers do that look at the text alone.
std::variant<json::Value, Problem> parse_json_body(const Request& request, bool any_type = false);

/// For routes that take no body: adds a mistake for each field of one that came nevertheless.
/// nullopt, or the answer that refuses the body.
std::optional<Response> refuse_body(const Request& request);

/// For routes without query parameters: the answer that names each one that came.
std::optional<Response> refuse_query(const Request& request);

/// For routes that take neither a body nor query parameters.
std::optional<Response> refuse_extras(const Request& request);

/// The query parameters of a request. As with ObjectReader each read marks a name as known.
class QueryReader final {
 public:
  QueryReader(const Request& request, BodyErrors& errors) : request_(request), errors_(errors) {}

  /// The parameter, which must not be longer than `max_bytes`.
  const std::string* text(std::string_view name, std::size_t max_bytes = 200);
  std::optional<std::int64_t> integer(std::string_view name, std::int64_t minimum,
                                      std::int64_t maximum);
  /// encoding=base64; kText without.
  OutputEncoding encoding();
  /// A mistake for each parameter that nobody read or that stands twice.
  void refuse_unknown();

 private:
  const std::string* parameter(std::string_view name);

  const Request& request_;
  BodyErrors& errors_;
  std::vector<std::string_view> known_;
};

/// How long the caller wants to wait for the end.
struct WaitWish {
  int seconds = 0;
  bool preferred =
      false;  ///< from `Prefer: wait=N` (RFC 7240), so the answer says Preference-Applied
};

/// ?wait=N, an integer from 0 to `maximum`; else `Prefer: wait=N`, which is cut to the maximum and
/// ignored when it is malformed, as preferences are.
WaitWish read_wait(const Request& request, QueryReader& query, int maximum);

/// The Idempotency-Key header: 1 to 200 printable ASCII characters; "" without.
std::string read_idempotency_key(const Request& request, BodyErrors& errors);

/// The answer that lists mistakes: 400 or 422.
Response refusal(const BodyErrors& errors);

}  // namespace runyard
