#pragma once
// Users, keys and quotas as the operator changes them. What their holders do themselves is in
// core/user_store.hpp.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/database.hpp"
#include "core/quota.hpp"
#include "core/user_store.hpp"

namespace runyard {

struct Account {
  User user;
  std::optional<std::string> disabled_at;  ///< times as in User
  bool has_password = false;
  std::int64_t keys = 0;
};

/// What stands under an owner's name.
struct Belongings {
  std::int64_t executions = 0;
  std::int64_t unfinished = 0;  ///< of these
  std::int64_t problems = 0;
  std::int64_t sessions = 0;
  std::int64_t keys = 0;
};

/// Thread-safe. Every call throws DatabaseUnavailable when PostgreSQL cannot be reached.
class AdminUserStore final {
 public:
  explicit AdminUserStore(Database& database) : database_(database) {}

  /// In the order of their ids.
  std::vector<Account> users();
  /// By the name, in any case of its letters.
  std::optional<Account> find(const std::string& username);

  /// `hash` may be empty: then nobody can sign in by a password. Tokens from before are no good
  /// any more. False when there is no such user.
  bool set_password(std::int64_t id, const std::string& hash);
  /// Disabling ends his tokens as well; enabling does not bring them back. False as above.
  bool set_disabled(std::int64_t id, bool disabled);
  Belongings belongings(const std::string& owner);
  /// Removes the account with its keys, quota and webhook secret. What else stands under its
  /// owner's name stays: ids are never given again, so nobody can come by it. False as above.
  bool remove(std::int64_t id);

  /// All keys, or one owner's; by owner, the oldest first.
  std::vector<ApiKey> keys(const std::string& owner);
  /// The key that was removed; nullopt when there is none.
  std::optional<ApiKey> revoke(const std::string& id);

  /// Replaces what differs for this owner; nothing in it: nothing differs any more.
  void set_quota(const std::string& owner, const QuotaOverrides& quota);

 private:
  Database& database_;
};

}  // namespace runyard
