// Tokens against forgeries that are made here by hand, not by the library that checks them.
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>
#include <string>

#include "core/text.hpp"
#include "fcgi-app/auth/token.hpp"
#include "tests/support/catch.hpp"

using namespace runyard;
using namespace std::chrono_literals;

namespace {

const std::string kSecret = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
const TokenSigner::Time kNow{std::chrono::seconds(1'800'000'000)};

std::string base64url(const std::string& bytes) {
  auto text = base64_encode(bytes);
  text.erase(std::remove(text.begin(), text.end(), '='), text.end());
  std::replace(text.begin(), text.end(), '+', '-');
  std::replace(text.begin(), text.end(), '/', '_');
  return text;
}

std::string hmac(const EVP_MD* digest, const std::string& key, const std::string& text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> out{};
  unsigned int size = 0;
  HMAC(digest, key.data(), static_cast<int>(key.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(), out.data(), &size);
  return {reinterpret_cast<const char*>(out.data()), size};
}

std::string forged(const std::string& header, const std::string& claims,
                   const EVP_MD* digest = EVP_sha256(), const std::string& key = kSecret) {
  const auto head = base64url(header) + "." + base64url(claims);
  return head + "." + base64url(hmac(digest, key, head));
}

const std::string kHeader = R"({"typ":"JWT","alg":"HS256"})";
const std::string kClaims = R"({"iss":"runyard","sub":"7","iat":1799999000,"exp":1800000600})";

}  // namespace

TEST_CASE("a token is good for its time and no longer") {
  const TokenSigner signer(kSecret, 600s);
  const auto token = signer.issue({42}, kNow);
  CHECK(signer.verify(token, kNow).value_or(Token{}).user_id == 42);
  CHECK(signer.verify(token, kNow + 599s).value_or(Token{}).user_id == 42);
  CHECK_FALSE(signer.verify(token, kNow + 600s));
  CHECK_FALSE(signer.verify(token, kNow + 24h));
}

TEST_CASE(
    "a token made elsewhere with the secret is taken, so the forgeries below fail for their own "
    "faults") {
  CHECK(
      TokenSigner(kSecret, 600s).verify(forged(kHeader, kClaims), kNow).value_or(Token{}).user_id ==
      7);
}

TEST_CASE("a token without a signature is refused") {
  const TokenSigner signer(kSecret, 600s);
  for (const char* alg : {"none", "None", "NONE", "nOnE"}) {
    const auto head = base64url(std::string(R"({"typ":"JWT","alg":")") + alg + R"("})") + "." +
                      base64url(kClaims);
    CHECK_FALSE(signer.verify(head + ".", kNow));
    CHECK_FALSE(signer.verify(head, kNow));
    CHECK_FALSE(signer.verify(head + "." + base64url(hmac(EVP_sha256(), kSecret, head)), kNow));
  }
}

TEST_CASE("a token of another algorithm is refused, though it was signed with the secret") {
  const TokenSigner signer(kSecret, 600s);
  CHECK_FALSE(signer.verify(forged(R"({"typ":"JWT","alg":"HS384"})", kClaims, EVP_sha384()), kNow));
  CHECK_FALSE(signer.verify(forged(R"({"typ":"JWT","alg":"HS512"})", kClaims, EVP_sha512()), kNow));
  for (const char* alg : {"RS256", "ES256", "PS256", "EdDSA", "HS257", ""})
    CHECK_FALSE(signer.verify(
        forged(std::string(R"({"typ":"JWT","alg":")") + alg + R"("})", kClaims), kNow));
  CHECK_FALSE(signer.verify(forged(R"({"typ":"JWT"})", kClaims), kNow));
}

TEST_CASE("a token of another secret is refused") {
  const TokenSigner signer(kSecret, 600s);
  const TokenSigner other(std::string(64, 'x'), 600s);
  CHECK_FALSE(signer.verify(other.issue({42}, kNow), kNow));
  CHECK_FALSE(signer.verify(forged(kHeader, kClaims, EVP_sha256(), ""), kNow));
  CHECK_FALSE(signer.verify(forged(kHeader, kClaims, EVP_sha256(), kSecret + "0"), kNow));
}

TEST_CASE("a changed token is refused") {
  const TokenSigner signer(kSecret, 600s);
  const auto token = signer.issue({42}, kNow);
  for (std::size_t i = 0; i < token.size(); ++i) {
    auto changed = token;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    // The last character of a part may hold bits that are no part of its bytes.
    const bool last = i + 1 == token.size() || token[i + 1] == '.';
    if (!last) CHECK_FALSE(signer.verify(changed, kNow));
    CHECK_FALSE(signer.verify(token.substr(0, i), kNow));
  }
}

TEST_CASE("claims that are missing or of another shape are refused") {
  const TokenSigner signer(kSecret, 600s);
  for (const char* claims : {
           "{}",
           "[]",
           "null",
           "7",
           "",
           R"({"iss":"runyard","sub":"7"})",
           R"({"iss":"runyard","sub":"7","exp":"1800000600"})",
           R"({"iss":"runyard","sub":"7","exp":1800000600.5})",
           R"({"iss":"runyard","sub":"7","exp":-1})",
           R"({"iss":"runyard","exp":1800000600})",
           R"({"iss":"runyard","sub":7,"exp":1800000600})",
           R"({"iss":"runyard","sub":"","exp":1800000600})",
           R"({"iss":"runyard","sub":"-7","exp":1800000600})",
           R"({"iss":"runyard","sub":"7 ","exp":1800000600})",
           R"({"iss":"runyard","sub":"0x7","exp":1800000600})",
           R"({"iss":"runyard","sub":"99999999999999999999","exp":1800000600})",
           R"({"iss":"other","sub":"7","exp":1800000600})",
           R"({"sub":"7","exp":1800000600})",
       })
    CHECK_FALSE(signer.verify(forged(kHeader, claims), kNow));
}

TEST_CASE("what is no token at all is refused") {
  const TokenSigner signer(kSecret, 600s);
  for (const std::string token : {"", ".", "..", "...", "a.b", "a.b.c", "a.b.c.d", ".a.b", "a..b",
                                  "a.b.", "ry_0", "Bearer x", "\xff.\xff.\xff", "e30.e30.e30"})
    CHECK_FALSE(signer.verify(token, kNow));
  CHECK_FALSE(signer.verify(std::string(100'000, 'a'), kNow));
  CHECK_FALSE(signer.verify(forged(kHeader, R"({"x":")" + std::string(3000, 'a') + R"("})"), kNow));
  CHECK_FALSE(signer.verify(std::string("a.b.c\0d", 7), kNow));
}

TEST_CASE("a short secret signs nothing") {
  CHECK_THROWS_AS(TokenSigner(std::string(31, 'x'), 600s), std::invalid_argument);
}
