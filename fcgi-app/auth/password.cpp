#include "fcgi-app/auth/password.hpp"

#include "core/ids.hpp"

namespace runyard {

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
