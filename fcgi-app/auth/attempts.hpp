#pragma once
// How often somebody may try to sign in or to register.
#include <chrono>
#include <optional>
#include <string>

#include "fcgi-app/auth/accounts.hpp"

namespace runyard {

/// Counts per address (but those of this machine, as Nginx's limits do) and per name, for all
/// processes together in the database: a limit per process would grow with their number and be gone
/// at each restart. `limit` attempts are allowed within `window`; 0: any number. Thread-safe.
/// A user is counted with each network that tries him: counted alone, one stranger could keep him
/// signed out for ever. Alone he is counted to kFromEverywhere times `limit`, which bounds guessing
/// from many networks.
class AttemptLimit final {
 public:
  static constexpr int kFromEverywhere = 25;

  AttemptLimit(Accounts& accounts, std::string action, int limit, std::chrono::seconds window)
      : accounts_(accounts), action_(std::move(action)), limit_(limit), window_(window) {}

  /// Counts before anything is tried, so that many at once cannot pass. Nothing when it may be
  /// tried, else the time to wait.
  std::optional<std::chrono::seconds> count_address(const std::string& address);
  std::optional<std::chrono::seconds> count_name(const std::string& name);
  std::optional<std::chrono::seconds> count_user(const std::string& address,
                                                 const std::string& user);
  /// It was no guess: the attempt counts neither for the address nor for the user.
  void forgive(const std::string& address, const std::string& user);

 private:
  std::optional<std::chrono::seconds> count(const std::string& subject, int limit);
  std::string subject(const char* kind, const std::string& value) const;
  std::string pair(const std::string& address, const std::string& user) const;

  Accounts& accounts_;
  const std::string action_;
  const int limit_;
  const std::chrono::seconds window_;
};

}  // namespace runyard
