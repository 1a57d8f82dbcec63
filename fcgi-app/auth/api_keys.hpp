#pragma once
// API keys: their scopes, and who holds one or a token.
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/account.hpp"
#include "fcgi-app/auth/accounts.hpp"
#include "fcgi-app/auth/timed_cache.hpp"
#include "fcgi-app/auth/token.hpp"
#include "fcgi-app/caller.hpp"

namespace runyard {

/// The set of these names; unknown ones are left out.
Scopes scopes_from(const std::vector<std::string>& names);
std::vector<std::string> names_of(Scopes scopes);

/// Finds the holders of keys and tokens, each of them in the database once in `kSeen`: for so long
/// a process may still take a key that another has removed, and what shows a user who was disabled,
/// removed or given another password. Thread-safe.
class KeyRing final {
 public:
  static constexpr std::chrono::seconds kSeen{5};

  explicit KeyRing(Accounts& accounts, std::chrono::steady_clock::duration seen = kSeen)
      : accounts_(accounts), seen_(seen, kMaxSeen), users_(seen, kMaxSeen) {}

  /// nullopt for a text that is no key or none of ours. Throws DatabaseUnavailable.
  std::optional<Caller> holder(const std::string& key);
  /// nullopt when the user is gone or disabled, or the token is of another generation.
  std::optional<Caller> holder(const Token& token);
  /// After a key was removed here: it is taken no more by this process.
  void forget() {
    seen_.clear();
    users_.clear();
  }

 private:
  static constexpr std::size_t kMaxSeen = 10'000;

  Accounts& accounts_;
  TimedCache<std::string, std::optional<Caller>> seen_;          ///< by digest; wrong ones too
  TimedCache<std::int64_t, std::optional<std::int64_t>> users_;  ///< token_generation, by id
};

}  // namespace runyard
