#include "core/password.hpp"

#include <crypt.h>
#include <openssl/crypto.h>

#include <cerrno>
#include <memory>
#include <system_error>

#include "core/text.hpp"

namespace runyard {
namespace {

/// libxcrypt takes fewer than CRYPT_MAX_PASSPHRASE_SIZE bytes; a longer one goes in by its digest.
std::string phrase_of(const std::string& password) {
  if (password.size() < CRYPT_MAX_PASSPHRASE_SIZE) return password;
  return "sha256:" + sha256_hex(password);
}

/// "" when the setting is of no kind that the library knows.
std::string crypt_once(const std::string& phrase, const std::string& setting) {
  const auto data = std::make_unique<crypt_data>();  // 32 KiB, zeroed as crypt_r wants it
  const char* made = ::crypt_r(phrase.c_str(), setting.c_str(), data.get());
  return made && made[0] != '*' ? made : "";
}

}  // namespace

std::string hash_password(const std::string& password) {
  char setting[CRYPT_GENSALT_OUTPUT_SIZE];
  // No bytes of our own: the library takes its salt from the kernel.
  if (!::crypt_gensalt_rn("$y$", 0, nullptr, 0, setting, sizeof setting))
    throw std::system_error(errno, std::generic_category(), "making a salt for a password");
  auto made = crypt_once(phrase_of(password), setting);
  if (made.empty())
    throw std::system_error(errno, std::generic_category(), "hashing a password by yescrypt");
  return made;
}

bool matches_password(const std::string& password, const std::string& hash) {
  const auto made = crypt_once(phrase_of(password), hash);
  return !made.empty() && made.size() == hash.size() &&
         CRYPTO_memcmp(made.data(), hash.data(), hash.size()) == 0;
}

}  // namespace runyard
