#include "fcgi-app/auth/token.hpp"

#include <jwt.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <memory>
#include <stdexcept>
#include <string_view>
#include <system_error>

namespace runyard {
namespace {

constexpr char kIssuer[] = "runyard";
/// Ours are shorter than 300 bytes.
constexpr std::size_t kMaxToken = 2048;

struct FreeJwt {
  void operator()(jwt_t* jwt) const { ::jwt_free(jwt); }
};
using Jwt = std::unique_ptr<jwt_t, FreeJwt>;

long seconds_of(TokenSigner::Time time) {
  return static_cast<long>(
      std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count());
}

void require(int code, const char* what) {
  if (code != 0) throw std::system_error(code, std::generic_category(), what);
}

/// Three parts in the alphabet of base64url: what is anything else never reaches the library.
bool has_shape(const std::string& token) {
  const auto allowed = [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.';
  };
  return !token.empty() && token.size() <= kMaxToken && token.front() != '.' &&
         token.back() != '.' && std::count(token.begin(), token.end(), '.') == 2 &&
         token.find("..") == std::string::npos && std::all_of(token.begin(), token.end(), allowed);
}

const unsigned char* bytes_of(const std::string& text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

}  // namespace

TokenSigner::TokenSigner(std::string secret, std::chrono::seconds lifetime)
    : secret_(std::move(secret)), lifetime_(lifetime) {
  if (secret_.size() < 32) throw std::invalid_argument("a token's secret needs 32 bytes");
}

std::string TokenSigner::issue(Token token, Time now) const {
  jwt_t* raw = nullptr;
  require(::jwt_new(&raw), "making a token");
  const Jwt jwt(raw);
  require(::jwt_add_grant(raw, "iss", kIssuer), "making a token");
  require(::jwt_add_grant(raw, "sub", std::to_string(token.user_id).c_str()), "making a token");
  require(::jwt_add_grant_int(raw, "iat", seconds_of(now)), "making a token");
  require(::jwt_add_grant_int(raw, "exp", seconds_of(now + lifetime_)), "making a token");
  require(::jwt_add_grant_int(raw, "gen", static_cast<long>(token.generation)), "making a token");
  require(::jwt_set_alg(raw, JWT_ALG_HS256, bytes_of(secret_), static_cast<int>(secret_.size())),
          "signing a token");
  char* text = ::jwt_encode_str(raw);
  if (!text) throw std::system_error(errno, std::generic_category(), "signing a token");
  const std::unique_ptr<char, decltype(&std::free)> owned(text, &std::free);
  return text;
}

std::optional<Token> TokenSigner::verify(const std::string& token, Time now) const {
  if (!has_shape(token)) return std::nullopt;
  jwt_t* raw = nullptr;
  // Checks the signature in constant time, by the algorithm that the token names; `none` with a key
  // is an error.
  if (::jwt_decode(&raw, token.c_str(), bytes_of(secret_), static_cast<int>(secret_.size())) != 0)
    return std::nullopt;
  const Jwt jwt(raw);
  if (::jwt_get_alg(raw) != JWT_ALG_HS256) return std::nullopt;
  const char* issuer = ::jwt_get_grant(raw, "iss");
  if (!issuer || std::string_view(issuer) != kIssuer) return std::nullopt;
  // 0 when it is missing or no integer.
  if (::jwt_get_grant_int(raw, "exp") <= seconds_of(now)) return std::nullopt;
  const char* subject = ::jwt_get_grant(raw, "sub");
  if (!subject) return std::nullopt;
  const std::string_view digits(subject);
  std::int64_t id = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), id);
  if (error != std::errc() || end != digits.data() + digits.size() || id <= 0) return std::nullopt;
  return Token{id, ::jwt_get_grant_int(raw, "gen")};
}

}  // namespace runyard
