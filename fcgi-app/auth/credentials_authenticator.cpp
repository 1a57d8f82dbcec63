#include "fcgi-app/auth/credentials_authenticator.hpp"

#include <algorithm>

#include "core/text.hpp"
#include "fcgi-app/owner.hpp"

namespace runyard {
namespace {

Problem unauthorized(const char* detail) { return Problem{401, detail, {}}; }

/// What follows "Bearer " (RFC 6750 section 2.1); nullopt for another scheme.
std::optional<std::string> bearer_text(std::string_view header) {
  const auto space = header.find(' ');
  if (space == std::string_view::npos || !equal_ignoring_case(header.substr(0, space), "Bearer"))
    return std::nullopt;
  return std::string(trim(header.substr(space)));
}

}  // namespace

std::optional<Caller> CredentialsAuthenticator::bearer(const std::string& text) {
  if (is_api_key(text)) return keys_.holder(text);
  const auto token = tokens_ ? tokens_->verify(text) : std::nullopt;
  return token ? keys_.holder(*token) : std::nullopt;
}

std::variant<Caller, Problem> CredentialsAuthenticator::identify(const Request& request) {
  const auto* authorization = request.header("authorization");
  const auto* key = request.header("x-api-key");
  if (!request.user.empty() || (!authorization && !key && !required_)) {
    auto owner = owner_of(request);
    if (!owner) return unauthorized("the web server's name for this user cannot be used");
    return Caller{std::move(*owner), std::nullopt, Scopes::all()};
  }
  if (!authorization && !key)
    return unauthorized("send Authorization: Bearer with a token or an API key, or X-API-Key");
  if (authorization && key) return unauthorized("send Authorization or X-API-Key, not both");
  if (std::count_if(request.headers.begin(), request.headers.end(), [](const auto& header) {
        return header.first == "authorization" || header.first == "x-api-key";
      }) > 1)
    return unauthorized("send one token or API key, not several");

  std::optional<Caller> caller;
  if (key) {
    caller = keys_.holder(*key);
  } else {
    const auto text = bearer_text(*authorization);
    if (!text) return unauthorized("Authorization is taken as Bearer with a token or an API key");
    caller = bearer(*text);
  }
  if (!caller) return unauthorized("the token or API key is wrong, has expired or was removed");
  return std::move(*caller);
}

}  // namespace runyard
