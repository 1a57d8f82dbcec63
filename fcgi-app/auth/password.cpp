#include "fcgi-app/auth/password.hpp"

#include <crypt.h>
#include <openssl/crypto.h>

#include <cerrno>
#include <memory>
#include <system_error>

#include "core/ids.hpp"
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

/// The right to hash now; false when too many wait for one.
class PasswordHasher::Turn final {
 public:
  explicit Turn(PasswordHasher& hasher) : hasher_(hasher) {
    std::unique_lock lock(hasher.mutex_);
    if (hasher.busy_ >= hasher.slots_) {
      if (hasher.waiting_ >= hasher.waiting_limit_) return;
      ++hasher.waiting_;
      hasher.freed_.wait(lock, [&] { return hasher.busy_ < hasher.slots_; });
      --hasher.waiting_;
    }
    ++hasher.busy_;
    mine_ = true;
  }
  ~Turn() {
    if (!mine_) return;
    {
      const std::lock_guard lock(hasher_.mutex_);
      --hasher_.busy_;
    }
    hasher_.freed_.notify_one();
  }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;

  explicit operator bool() const { return mine_; }

 private:
  PasswordHasher& hasher_;
  bool mine_ = false;
};

PasswordHasher::PasswordHasher(int slots, int waiting)
    : nobodys_(hash_password(random_hex(16))), slots_(slots), waiting_limit_(waiting) {}

std::optional<std::string> PasswordHasher::hash(const std::string& password) {
  const Turn turn(*this);
  if (!turn) return std::nullopt;
  return hash_password(password);
}

PasswordHasher::Check PasswordHasher::check(const std::string& password,
                                            const std::optional<std::string>& stored) {
  const Turn turn(*this);
  if (!turn) return Check::kBusy;
  const bool matches = matches_password(password, stored.value_or(nobodys_));
  return matches && stored ? Check::kRight : Check::kWrong;
}

}  // namespace runyard
