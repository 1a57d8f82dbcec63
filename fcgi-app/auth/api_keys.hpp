#pragma once
// API keys: their text, their scopes, and who holds one.
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fcgi-app/auth/accounts.hpp"
#include "fcgi-app/auth/timed_cache.hpp"
#include "fcgi-app/caller.hpp"

namespace runyard {

/// "ry_" and 256 random bits in hexadecimal.
std::string new_api_key();
/// True for what new_api_key may have made.
bool is_api_key(std::string_view text);
/// What is stored of a key.
std::string digest_of_key(std::string_view key);

/// "read", "submit", "author", "account".
const std::vector<std::string>& scope_names();
/// The set of these names; unknown ones are left out.
Scopes scopes_from(const std::vector<std::string>& names);
std::vector<std::string> names_of(Scopes scopes);

/// The owner of what account `id` makes, and back (nullopt for other kinds of owners).
std::string account_owner(std::int64_t id);
std::optional<std::int64_t> account_of(std::string_view owner);

/// Finds the holders of keys, each of them in the database once in `kSeen`: for so long another
/// process may still take a key that was removed. Thread-safe.
class KeyRing final {
 public:
  static constexpr std::chrono::seconds kSeen{5};

  explicit KeyRing(Accounts& accounts, std::chrono::steady_clock::duration seen = kSeen)
      : accounts_(accounts), seen_(seen, kMaxSeen) {}

  /// nullopt for a text that is no key or none of ours. Throws DatabaseUnavailable.
  std::optional<Caller> holder(const std::string& key);
  /// After a key was removed here: it is taken no more by this process.
  void forget() { seen_.clear(); }

 private:
  static constexpr std::size_t kMaxSeen = 10'000;

  Accounts& accounts_;
  TimedCache<std::string, std::optional<Caller>> seen_;  ///< by digest; wrong ones too
};

}  // namespace runyard
