#include "core/admin_user_store.hpp"

#include "core/account.hpp"
#include "core/api_key_row.hpp"
#include "core/database_connection.hpp"

namespace runyard {
namespace {

#define RUNYARD_TIME(column) \
  "to_char(" column " at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"')"

#define RUNYARD_ACCOUNT \
  "select u.id, u.username, u.email, u.full_name, " RUNYARD_TIME("u.created_at") ", "          \
  RUNYARD_TIME("u.disabled_at") ", u.password_hash is not null,\n"                             \
  "       (select count(*) from api_keys k where k.owner = 'account:' || u.id)\n"              \
  "from users u\n"

constexpr Statement kUsers{"admin_users", RUNYARD_ACCOUNT "order by u.id"};
constexpr Statement kFind{"admin_find_user", RUNYARD_ACCOUNT "where lower(u.username) = lower($1)"};

#undef RUNYARD_ACCOUNT

constexpr Statement kSetPassword{"admin_set_password",
                                 "update users set password_hash = nullif($2, ''),\n"
                                 "    token_generation = token_generation + 1\n"
                                 "where id = $1"};

constexpr Statement kDisable{"admin_disable",
                             "update users\n"
                             "set disabled_at = coalesce(disabled_at, clock_timestamp()),\n"
                             "    token_generation = token_generation + 1\n"
                             "where id = $1"};
constexpr Statement kEnable{"admin_enable", "update users set disabled_at = null where id = $1"};

constexpr Statement kBelongings{"admin_belongings",
                                "select (select count(*) from executions where owner = $1),\n"
                                "       (select count(*) from queue where owner = $1),\n"
                                "       (select count(*) from problems where owner = $1),\n"
                                "       (select count(*) from code_sessions where owner = $1),\n"
                                "       (select count(*) from api_keys where owner = $1)"};

// Anybody's code session may name a user whom nobody can sign in as.
constexpr Statement kRemove{"admin_remove_user",
                            "with s as (\n"
                            "  update code_sessions set user_id = null where user_id = $1),\n"
                            "k as (delete from api_keys where owner = $2),\n"
                            "q as (delete from quotas where owner = $2),\n"
                            "w as (delete from webhook_secrets where owner = $2)\n"
                            "delete from users where id = $1"};

constexpr Statement kKeys{"admin_keys", "select " RUNYARD_KEY_COLUMNS
                                        "\n"
                                        "from api_keys where $1 = '' or owner = $1\n"
                                        "order by owner, created_at, id"};
constexpr Statement kRevoke{
    "admin_revoke", "delete from api_keys where id = $1::uuid returning " RUNYARD_KEY_COLUMNS};

#undef RUNYARD_TIME

constexpr Statement kSetQuota{
    "admin_set_quota",
    "insert into quotas (owner, queued, running, per_minute, cpu_s_per_day)\n"
    "values ($1, nullif($2, -1), nullif($3, -1), nullif($4, -1), nullif($5, -1))\n"
    "on conflict (owner) do update\n"
    "set queued = excluded.queued, running = excluded.running,\n"
    "    per_minute = excluded.per_minute, cpu_s_per_day = excluded.cpu_s_per_day"};
constexpr Statement kClearQuota{"admin_clear_quota", "delete from quotas where owner = $1"};

Account account_of_row(const pqxx::row& row) {
  return {
      {row[0].as<std::int64_t>(), row[1].c_str(), row[2].c_str(), row[3].c_str(), row[4].c_str()},
      optional_field<std::string>(row[5]),
      row[6].as<bool>(),
      row[7].as<std::int64_t>()};
}

}  // namespace

std::vector<Account> AdminUserStore::users() {
  std::vector<Account> found;
  database_.run([&](DatabaseConnection& connection) {
    found.clear();
    for (const auto& row : connection.exec(kUsers)) found.push_back(account_of_row(row));
  });
  return found;
}

std::optional<Account> AdminUserStore::find(const std::string& username) {
  std::optional<Account> found;
  database_.run([&](DatabaseConnection& connection) {
    const auto rows = connection.exec(kFind, username);
    found = rows.empty() ? std::nullopt : std::optional(account_of_row(rows[0]));
  });
  return found;
}

bool AdminUserStore::set_password(std::int64_t id, const std::string& hash) {
  bool found = false;
  database_.run([&](DatabaseConnection& connection) {
    found = connection.exec(kSetPassword, id, hash).affected_rows() > 0;
  });
  return found;
}

bool AdminUserStore::set_disabled(std::int64_t id, bool disabled) {
  bool found = false;
  database_.run([&](DatabaseConnection& connection) {
    found = connection.exec(disabled ? kDisable : kEnable, id).affected_rows() > 0;
  });
  return found;
}

Belongings AdminUserStore::belongings(const std::string& owner) {
  Belongings found;
  database_.run([&](DatabaseConnection& connection) {
    const auto row = connection.exec(kBelongings, owner)[0];
    found = {row[0].as<std::int64_t>(), row[1].as<std::int64_t>(), row[2].as<std::int64_t>(),
             row[3].as<std::int64_t>(), row[4].as<std::int64_t>()};
  });
  return found;
}

bool AdminUserStore::remove(std::int64_t id) {
  bool removed = false;
  database_.run([&](DatabaseConnection& connection) {
    removed = connection.exec(kRemove, id, account_owner(id)).affected_rows() > 0;
  });
  return removed;
}

std::vector<ApiKey> AdminUserStore::keys(const std::string& owner) {
  std::vector<ApiKey> found;
  database_.run([&](DatabaseConnection& connection) {
    found.clear();
    for (const auto& row : connection.exec(kKeys, owner)) found.push_back(api_key_of(row));
  });
  return found;
}

std::optional<ApiKey> AdminUserStore::revoke(const std::string& id) {
  std::optional<ApiKey> removed;
  database_.run([&](DatabaseConnection& connection) {
    const auto rows = connection.exec(kRevoke, id);
    // The second try of one whose answer was lost finds nothing.
    if (!rows.empty()) removed = api_key_of(rows[0]);
  });
  return removed;
}

void AdminUserStore::set_quota(const std::string& owner, const QuotaOverrides& quota) {
  database_.run([&](DatabaseConnection& connection) {
    if (!quota.queued && !quota.running && !quota.per_minute && !quota.cpu_s_per_day)
      connection.exec(kClearQuota, owner);
    else
      connection.exec(kSetQuota, owner, quota.queued.value_or(-1), quota.running.value_or(-1),
                      quota.per_minute.value_or(-1), quota.cpu_s_per_day.value_or(-1));
  });
}

}  // namespace runyard
