#pragma once
// Hashing of passwords: the one door to libxcrypt.
#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>

namespace runyard {

constexpr std::size_t kMinPasswordBytes = 8;
constexpr std::size_t kMaxPasswordBytes = 1024;

/// A new hash of crypt(5), by yescrypt with a random salt at the library's default cost. The
/// password must not hold a NUL. Throws std::system_error when the library cannot.
std::string hash_password(const std::string& password);

/// True when `hash` is one of that password. Compares in constant time.
bool matches_password(const std::string& password, const std::string& hash);

/// Lets few threads hash at one time. A hash costs tens of milliseconds of a core and 16 MiB on
/// purpose: sign-ins must not take the cores and threads of everybody else. Thread-safe.
class PasswordHasher final {
 public:
  enum class Check { kRight, kWrong, kBusy };

  /// At most `slots` hash at one time while at most `waiting` wait for their turn.
  PasswordHasher(int slots, int waiting);

  /// nullopt: too many wait already.
  std::optional<std::string> hash(const std::string& password);

  /// `stored` is nullopt for a user that does not exist: that takes as long as a wrong password.
  Check check(const std::string& password, const std::optional<std::string>& stored);

 private:
  class Turn;

  const std::string nobodys_;  ///< of a password that nobody knows
  const int slots_;
  const int waiting_limit_;
  std::mutex mutex_;
  std::condition_variable freed_;
  int busy_ = 0;     // under mutex_
  int waiting_ = 0;  // under mutex_
};

}  // namespace runyard
