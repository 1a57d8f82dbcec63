#pragma once
// What signing in needs of the store; tests put another one in its place.
#include "core/user_store.hpp"

namespace runyard {

/// See UserStore for each. Thread-safe; every call may throw DatabaseUnavailable.
class Accounts {
 public:
  virtual ~Accounts() = default;
  virtual std::variant<User, Taken> add_user(const NewUser& user) = 0;
  virtual std::optional<User> find_user(std::int64_t id) = 0;
  virtual std::optional<std::int64_t> token_generation(std::int64_t id) = 0;
  virtual std::optional<StoredPassword> find_password(const std::string& username) = 0;
  virtual std::optional<ApiKey> add_key(const NewApiKey& key, int max_keys) = 0;
  virtual std::vector<ApiKey> keys(const std::string& owner) = 0;
  virtual bool remove_key(const std::string& id, const std::string& owner) = 0;
  virtual std::optional<ApiKey> use_key(const std::string& digest_hex) = 0;
  virtual std::optional<std::chrono::seconds> count_attempt(const std::string& subject, int limit,
                                                            std::chrono::seconds window) = 0;
  virtual void forgive_attempt(const std::string& subject) = 0;
};

class StoredAccounts final : public Accounts {
 public:
  explicit StoredAccounts(UserStore& store) : store_(store) {}
  std::variant<User, Taken> add_user(const NewUser& user) override { return store_.add_user(user); }
  std::optional<User> find_user(std::int64_t id) override { return store_.find_user(id); }
  std::optional<std::int64_t> token_generation(std::int64_t id) override {
    return store_.token_generation(id);
  }
  std::optional<StoredPassword> find_password(const std::string& username) override {
    return store_.find_password(username);
  }
  std::optional<ApiKey> add_key(const NewApiKey& key, int max_keys) override {
    return store_.add_key(key, max_keys);
  }
  std::vector<ApiKey> keys(const std::string& owner) override { return store_.keys(owner); }
  bool remove_key(const std::string& id, const std::string& owner) override {
    return store_.remove_key(id, owner);
  }
  std::optional<ApiKey> use_key(const std::string& digest_hex) override {
    return store_.use_key(digest_hex);
  }
  std::optional<std::chrono::seconds> count_attempt(const std::string& subject, int limit,
                                                    std::chrono::seconds window) override {
    return store_.count_attempt(subject, limit, window);
  }
  void forgive_attempt(const std::string& subject) override { store_.forgive_attempt(subject); }

 private:
  UserStore& store_;
};

}  // namespace runyard
