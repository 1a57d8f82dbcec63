#pragma once
// Who may hash a password now.
#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>

#include "core/password.hpp"

namespace runyard {

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
