#pragma once
// Callers by what they show: the web server's word, a token, an API key, or an address.
#include "fcgi-app/auth/api_keys.hpp"
#include "fcgi-app/auth/authenticator.hpp"
#include "fcgi-app/auth/token.hpp"

namespace runyard {

/// In this order: RUNYARD_USER of the web server; `Authorization: Bearer TOKEN_OR_KEY` or
/// `X-API-Key: KEY`; the address, unless credentials are required. Credentials that are wrong, of
/// another scheme or given twice are 401 and never an address. Tokens and keys need the database
/// once in a few seconds.
class CredentialsAuthenticator final : public Authenticator {
 public:
  /// `tokens` is nullptr where tokens are switched off. All referenced outlive this.
  CredentialsAuthenticator(bool required, const TokenSigner* tokens, KeyRing& keys)
      : required_(required), tokens_(tokens), keys_(keys) {}

  std::variant<Caller, Problem> identify(const Request& request) override;

 private:
  std::optional<Caller> bearer(const std::string& text);

  const bool required_;
  const TokenSigner* const tokens_;
  KeyRing& keys_;
};

}  // namespace runyard
