#pragma once
// Registered users, API keys and the counting of attempts to sign in. All SQL about them is here.
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/database.hpp"

namespace runyard {

struct User {
  std::int64_t id = 0;
  std::string username;
  std::string email;
  std::string full_name;
  std::string created_at;  ///< RFC 3339, milliseconds, UTC
};

struct NewUser {
  std::string username;
  std::string email;
  std::string full_name;
  std::string password_hash;          ///< "": nobody can sign in by a password
  std::int64_t token_generation = 0;  ///< of a token for who knows it
};

/// What another user has already, whatever its letters' case.
enum class Taken { kUsername, kEmail };

struct StoredPassword {
  std::int64_t user_id = 0;
  std::optional<std::string> hash;    ///< nullopt: nobody can sign in by a password
  std::int64_t token_generation = 0;  ///< of a token for who knows it
};

struct ApiKey {
  std::string id;
  std::string owner;
  std::string name;
  std::vector<std::string> scopes;
  std::string created_at;
  std::optional<std::string> last_used_at;  ///< a minute late at most
};

struct NewApiKey {
  std::string id;
  std::string owner;
  std::string name;
  std::string digest_hex;  ///< SHA-256 of the key
  std::vector<std::string> scopes;
};

/// Thread-safe. Every call throws DatabaseUnavailable when PostgreSQL cannot be reached.
class UserStore final {
 public:
  explicit UserStore(Database& database) : database_(database) {}

  std::variant<User, Taken> add_user(const NewUser& user);
  std::optional<User> find_user(std::int64_t id);
  /// The generation of this user's tokens that counts; nullopt: none does, since there is no such
  /// user or he is disabled.
  std::optional<std::int64_t> token_generation(std::int64_t id);
  /// By the name that the user registered with, in any case of its letters. A disabled user has no
  /// hash.
  std::optional<StoredPassword> find_password(const std::string& username);

  /// nullopt when the owner has `max_keys` already.
  std::optional<ApiKey> add_key(const NewApiKey& key, int max_keys);
  /// Oldest first.
  std::vector<ApiKey> keys(const std::string& owner);
  /// False when there is none or it is another owner's.
  bool remove_key(const std::string& id, const std::string& owner);
  /// The key of this digest, unless it is a disabled user's; notes its use, at most once a minute.
  std::optional<ApiKey> use_key(const std::string& digest_hex);

  /// Counts one attempt of `subject`. Nothing when there were no more than `limit` within `window`
  /// since the first of them; else the time until that window is over.
  std::optional<std::chrono::seconds> count_attempt(const std::string& subject, int limit,
                                                    std::chrono::seconds window);
  /// Takes one back.
  void forgive_attempt(const std::string& subject);

 private:
  Database& database_;
};

}  // namespace runyard
