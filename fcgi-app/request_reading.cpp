#include "fcgi-app/request_reading.hpp"

#include <algorithm>
#include <charconv>

#include "core/text.hpp"
#include "fcgi-app/api.hpp"

namespace runyard {
namespace {

std::optional<std::int64_t> to_integer(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// The value of `wait` in a Prefer header (RFC 7240 section 4.3); nullopt when it is not there or
/// malformed.
std::optional<std::int64_t> preferred_wait(std::string_view header) {
  while (!header.empty()) {
    const auto preference = next_list_element(header);
    const auto equals = preference.find('=');
    if (equals == std::string_view::npos) continue;
    if (!equal_ignoring_case(trim(preference.substr(0, equals)), "wait")) continue;
    auto value = trim(preference.substr(equals + 1));
    if (value.size() >= 2 && value.front() == '"' && value.back() == '"')
      value = value.substr(1, value.size() - 2);
    const auto seconds = to_integer(value);
    return seconds && *seconds >= 0 ? seconds : std::nullopt;
  }
  return std::nullopt;
}

}  // namespace

Router::Handler for_caller(const ApiContext& context, Scope scope,
                           std::function<Response(const Request&, const Caller&)> handler) {
  return [&authenticator = context.authenticator, scope,
          handler = std::move(handler)](const Request& request) {
    const auto identity = authenticator.identify(request);
    if (const auto* problem = std::get_if<Problem>(&identity)) {
      return problem->status == 401 ? unauthorized_response(problem->detail)
                                    : problem_response(*problem);
    }
    const auto& caller = std::get<Caller>(identity);
    if (!caller.scopes.has(scope))
      return problem_response(403, "this key has not the scope that the route asks for");
    return handler(request, caller);
  };
}

Router::Handler for_caller(const ApiContext& context, Scope scope, CallerRoute route) {
  return for_caller(context, scope, [context, route](const Request& request, const Caller& caller) {
    return route(context, request, caller);
  });
}

std::variant<json::Value, Problem> parse_json_body(const Request& request, bool any_type) {
  if (request.body_too_large) return Problem{413, "the body is larger than this server takes", {}};
  const auto* coding = request.header("content-encoding");
  if (coding && !coding->empty() && !equal_ignoring_case(*coding, "identity"))
    return Problem{415, "a body with Content-Encoding is not taken: send it as it is", {}};
  const auto* type = request.header("content-type");
  if (!any_type && (!type || !is_json_media_type(*type)))
    return Problem{415, "the body must have Content-Type: application/json, in UTF-8", {}};
  if (request.body_incomplete)
    return Problem{400, "the body ended before its announced length", {}};
  if (request.body.empty()) return Problem{400, "the body is empty: a JSON object is needed", {}};
  try {
    return json::parse(request.body);
  } catch (const json::ParseError& error) {
    Problem problem{400, std::string("the body is not valid JSON: ") + error.what(), {}};
    if (!error.field().empty()) problem.errors.push_back({shorten(error.field()), error.what()});
    return problem;
  }
}

std::variant<json::Value, Response> read_json(const Request& request) {
  auto body = parse_json_body(request);
  if (auto* value = std::get_if<json::Value>(&body)) return std::move(*value);
  return problem_response(std::get<Problem>(body));
}

std::optional<Response> refuse_body(const Request& request) {
  if (request.body.empty() && !request.body_too_large) return std::nullopt;
  auto body = read_json(request);
  if (auto* refused = std::get_if<Response>(&body)) return std::move(*refused);
  BodyErrors errors;
  ObjectReader(std::get<json::Value>(body), "", errors).refuse_unknown();
  if (errors.empty()) return std::nullopt;
  return refusal(errors);
}

std::optional<Response> refuse_query(const Request& request) {
  BodyErrors errors;
  QueryReader(request, errors).refuse_unknown();
  if (errors.empty()) return std::nullopt;
  return refusal(errors);
}

std::optional<Response> refuse_extras(const Request& request) {
  if (auto refused = refuse_body(request)) return refused;
  return refuse_query(request);
}

const std::string* QueryReader::parameter(std::string_view name) {
  known_.push_back(name);
  return request_.parameter(name);
}

const std::string* QueryReader::text(std::string_view name, std::size_t max_bytes) {
  const auto* value = parameter(name);
  if (!value || value->size() <= max_bytes) return value;
  errors_.add(std::string(name), "must be at most " + std::to_string(max_bytes) + " bytes long");
  return nullptr;
}

std::optional<std::int64_t> QueryReader::integer(std::string_view name, std::int64_t minimum,
                                                 std::int64_t maximum) {
  const auto* value = parameter(name);
  if (!value) return std::nullopt;
  const auto number = to_integer(*value);
  if (number && *number >= minimum && *number <= maximum) return number;
  errors_.add(std::string(name), "must be an integer from " + std::to_string(minimum) + " to " +
                                     std::to_string(maximum));
  return std::nullopt;
}

OutputEncoding QueryReader::encoding() {
  const auto* value = parameter("encoding");
  if (!value || *value == "utf8") return OutputEncoding::kText;
  if (*value != "base64") errors_.add("encoding", "must be \"utf8\" or \"base64\"");
  return OutputEncoding::kBase64;
}

void QueryReader::refuse_unknown() {
  if (request_.query_malformed)
    errors_.add("query", "holds a broken %-escape, a NUL or bytes that are not UTF-8");
  std::vector<std::string_view> seen;
  for (const auto& [name, value] : request_.query) {
    if (std::find(known_.begin(), known_.end(), name) == known_.end())
      errors_.add(name.empty() ? "\"\"" : shorten(name), "is not a known query parameter");
    else if (std::find(seen.begin(), seen.end(), name) != seen.end())
      errors_.add(name, "stands twice in the query");
    seen.push_back(name);
  }
}

WaitWish read_wait(const Request& request, QueryReader& query, int maximum) {
  if (request.parameter("wait")) {
    const auto seconds = query.integer("wait", 0, maximum);
    return {static_cast<int>(seconds.value_or(0)), false};
  }
  const auto* header = request.header("prefer");
  const auto seconds = header ? preferred_wait(*header) : std::nullopt;
  if (!seconds) return {};
  return {static_cast<int>(std::min<std::int64_t>(*seconds, maximum)), true};
}

std::string read_idempotency_key(const Request& request, BodyErrors& errors) {
  const auto* key = request.header("idempotency-key");
  if (!key) return {};
  const bool printable =
      std::all_of(key->begin(), key->end(), [](char c) { return c >= ' ' && c <= '~'; });
  if (printable && !key->empty() && key->size() <= 200) return *key;
  errors.add("Idempotency-Key", "must be 1 to 200 printable ASCII characters");
  return {};
}

Response refusal(const BodyErrors& errors) {
  const bool malformed = errors.status() == 400;
  return problem_response(
      errors.status(),
      malformed ? "a text of the request cannot be stored" : "some fields are wrong",
      errors.fields());
}

}  // namespace runyard
