#pragma once
// Access tokens (JWT, RFC 7519): the one door to libjwt.
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace runyard {

/// What a token says.
struct Token {
  std::int64_t user_id = 0;
  std::int64_t generation = 0;  ///< of its user's tokens; 0 when it does not say
};

/// Signs and checks by HMAC-SHA256 (HS256) and nothing else, whatever a token's header asks for.
/// Thread-safe.
class TokenSigner final {
 public:
  using Time = std::chrono::system_clock::time_point;

  /// `secret` is at least 32 bytes. Tokens are good for `lifetime` from their making.
  TokenSigner(std::string secret, std::chrono::seconds lifetime);

  /// A token of this user, with the claims iss, sub, iat, exp and gen.
  std::string issue(Token token, Time now = std::chrono::system_clock::now()) const;

  /// A token that was signed with this secret and whose time is not over; nullopt for every other
  /// text.
  std::optional<Token> verify(const std::string& token,
                              Time now = std::chrono::system_clock::now()) const;

  std::chrono::seconds lifetime() const { return lifetime_; }

 private:
  const std::string secret_;
  const std::chrono::seconds lifetime_;
};

}  // namespace runyard
