#include "fcgi-app/cgi_request.hpp"

#include <algorithm>
#include <charconv>

#include "core/ids.hpp"

namespace runyard {
namespace {

/// HTTP_X_REQUEST_ID -> x-request-id.
std::string header_name(std::string_view name) {
  std::string out(name);
  for (char& c : out) {
    if (c == '_')
      c = '-';
    else if (c >= 'A' && c <= 'Z')
      c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

std::string_view value_of(const char* const* params, std::string_view name) {
  for (; *params; ++params) {
    const std::string_view pair(*params);
    if (pair.size() > name.size() && pair[name.size()] == '=' &&
        pair.substr(0, name.size()) == name)
      return pair.substr(name.size() + 1);
  }
  return {};
}

}  // namespace

Request request_from_params(const char* const* params) {
  constexpr std::string_view kHeaderPrefix = "HTTP_";
  Request request;
  request.method = value_of(params, "REQUEST_METHOD");
  request.remote_addr = value_of(params, "REMOTE_ADDR");
  request.user = value_of(params, "RUNYARD_USER");
  request.server_host = value_of(params, "RUNYARD_HOST");
  request.listed_origin = value_of(params, "RUNYARD_ORIGIN");
  request.live = value_of(params, "RUNYARD_LIVE");
  if (!request.live.empty()) request.live_id = value_of(params, "RUNYARD_EXECUTION_ID");
  if (const auto type = value_of(params, "CONTENT_TYPE"); !type.empty())
    request.headers.emplace_back("content-type", type);
  for (const char* const* p = params; *p; ++p) {
    const std::string_view pair(*p);
    if (pair.substr(0, kHeaderPrefix.size()) != kHeaderPrefix) continue;
    const auto equals = pair.find('=');
    if (equals == std::string_view::npos) continue;
    request.headers.emplace_back(
        header_name(pair.substr(kHeaderPrefix.size(), equals - kHeaderPrefix.size())),
        pair.substr(equals + 1));
  }

  // The target as the client sent it: a web server's decoded path can no longer tell %2F from /.
  auto target = value_of(params, "REQUEST_URI");
  if (target.empty()) target = value_of(params, "DOCUMENT_URI");
  const auto question = std::min(target.find('?'), target.size());
  request.path = target.substr(0, question);
  if (auto query = parse_query(target.substr(std::min(target.size(), question + 1))))
    request.query = std::move(*query);
  else
    request.query_malformed = true;

  const auto* id = request.header("x-request-id");
  request.request_id = id && is_usable_request_id(*id) ? *id : random_hex(16);
  return request;
}

std::optional<std::int64_t> announced_length(const char* const* params) {
  const auto text = value_of(params, "CONTENT_LENGTH");
  std::int64_t length = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), length);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  if (length < 0 || length >= std::int64_t{1} << 62) return std::nullopt;
  return length;
}

bool is_usable_request_id(std::string_view id) {
  constexpr std::string_view kAllowed =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
  return !id.empty() && id.size() <= 64 && id.find_first_not_of(kAllowed) == std::string_view::npos;
}

}  // namespace runyard
