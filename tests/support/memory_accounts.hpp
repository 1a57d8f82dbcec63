#pragma once
// Users and keys in memory, for tests of signing in.
#include <algorithm>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "core/errors.hpp"
#include "fcgi-app/auth/accounts.hpp"

namespace runyard::test {

class MemoryAccounts final : public Accounts {
 public:
  std::variant<User, Taken> add_user(const NewUser& user) override {
    const std::lock_guard lock(mutex_);
    throw_if_away();
    for (const auto& known : users_) {
      if (known.username == user.username) return Taken::kUsername;
      if (known.email == user.email) return Taken::kEmail;
    }
    users_.push_back({static_cast<std::int64_t>(users_.size()) + 1, user.username, user.email,
                      user.full_name, "2026-01-31T12:00:00.000Z"});
    hashes_.push_back(user.password_hash);
    return users_.back();
  }
  std::optional<User> find_user(std::int64_t id) override {
    const std::lock_guard lock(mutex_);
    throw_if_away();
    if (id < 1 || id > static_cast<std::int64_t>(users_.size())) return std::nullopt;
    return users_[static_cast<std::size_t>(id) - 1];
  }
  std::optional<std::int64_t> token_generation(std::int64_t id) override {
    const std::lock_guard lock(mutex_);
    ++lookups;
    throw_if_away();
    return generation_of(id);
  }
  std::optional<StoredPassword> find_password(const std::string& username) override {
    const std::lock_guard lock(mutex_);
    throw_if_away();
    std::optional<StoredPassword> found;
    for (std::size_t i = 0; i < users_.size(); ++i)
      if (users_[i].username == username)
        found = StoredPassword{users_[i].id, hashes_[i], generation_of(users_[i].id).value_or(0)};
    if (after_find_password) after_find_password();
    return found;
  }
  std::optional<ApiKey> add_key(const NewApiKey& key, int max_keys) override {
    const std::lock_guard lock(mutex_);
    throw_if_away();
    const auto own = std::count_if(keys_.begin(), keys_.end(), [&](const auto& entry) {
      return entry.second.owner == key.owner;
    });
    if (own >= max_keys) return std::nullopt;
    const ApiKey stored{key.id,      key.owner, key.name, key.scopes, "2026-01-31T12:00:00.000Z",
                        std::nullopt};
    keys_.emplace(key.digest_hex, stored);
    return stored;
  }
  std::vector<ApiKey> keys(const std::string& owner) override {
    const std::lock_guard lock(mutex_);
    throw_if_away();
    std::vector<ApiKey> found;
    for (const auto& [digest, key] : keys_)
      if (key.owner == owner) found.push_back(key);
    return found;
  }
  bool remove_key(const std::string& id, const std::string& owner) override {
    const std::lock_guard lock(mutex_);
    throw_if_away();
    for (auto entry = keys_.begin(); entry != keys_.end(); ++entry) {
      if (entry->second.id != id || entry->second.owner != owner) continue;
      keys_.erase(entry);
      return true;
    }
    return false;
  }
  std::optional<ApiKey> use_key(const std::string& digest_hex) override {
    const std::lock_guard lock(mutex_);
    ++lookups;
    throw_if_away();
    const auto found = keys_.find(digest_hex);
    return found == keys_.end() ? std::nullopt : std::optional(found->second);
  }
  std::optional<std::chrono::seconds> count_attempt(const std::string& subject, int limit,
                                                    std::chrono::seconds window) override {
    const std::lock_guard lock(mutex_);
    throw_if_away();
    return ++attempts_[subject] > limit ? std::optional(window) : std::nullopt;
  }
  void forgive_attempt(const std::string& subject) override {
    const std::lock_guard lock(mutex_);
    --attempts_[subject];
  }

  void go_away(bool away) {
    const std::lock_guard lock(mutex_);
    away_ = away;
  }
  /// Digests of all keys.
  std::vector<std::string> digests() const {
    const std::lock_guard lock(mutex_);
    std::vector<std::string> found;
    for (const auto& [digest, key] : keys_) found.push_back(digest);
    return found;
  }

  /// Where it differs from 0; nullopt: no token is good. Set by the test when nothing else runs.
  std::map<std::int64_t, std::optional<std::int64_t>> token_generations;
  std::function<void()> after_find_password;  ///< set by the test when nothing else runs
  int lookups = 0;  ///< of keys and tokens; read by the test when nothing else runs

 private:
  std::optional<std::int64_t> generation_of(std::int64_t id) const {
    const auto found = token_generations.find(id);
    return found == token_generations.end() ? std::optional<std::int64_t>(0) : found->second;
  }
  void throw_if_away() const {
    if (away_) throw DatabaseUnavailable("away, as the test asked");
  }

  mutable std::mutex mutex_;
  std::vector<User> users_;              // under mutex_
  std::vector<std::string> hashes_;      // under mutex_
  std::map<std::string, ApiKey> keys_;   // by digest, under mutex_
  std::map<std::string, int> attempts_;  // under mutex_
  bool away_ = false;                    // under mutex_
};

}  // namespace runyard::test
