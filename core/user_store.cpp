#include "core/user_store.hpp"

#include <algorithm>

#include "core/api_key_row.hpp"
#include "core/database_connection.hpp"

namespace runyard {
namespace {

#define RUNYARD_TIME(column) \
  "to_char(" column " at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"')"

#define RUNYARD_USER_COLUMNS "id, username, email, full_name, " RUNYARD_TIME("created_at")

constexpr Statement kAddUser{"add_user",
                             "insert into users (username, email, full_name, password_hash)\n"
                             "values ($1, $2, $3, nullif($4, ''))\n"
                             "on conflict do nothing\n"
                             "returning " RUNYARD_USER_COLUMNS};

constexpr Statement kUsernameTaken{
    "username_taken", "select exists (select from users where lower(username) = lower($1))"};

constexpr Statement kFindUser{"find_user",
                              "select " RUNYARD_USER_COLUMNS " from users where id = $1"};

constexpr Statement kTokenGeneration{
    "token_generation", "select token_generation from users where id = $1 and disabled_at is null"};

constexpr Statement kFindPassword{
    "find_password",
    "select id, case when disabled_at is null then password_hash end, token_generation\n"
    "from users where lower(username) = lower($1)"};

// True of a key whose owner is somebody who registered and may not come in: the operator disabled
// or removed him. A token that was looked up a moment ago may still ask for a key then.
#define RUNYARD_OWNER_LOCKED_OUT(owner)                         \
  "(" owner                                                     \
  " like 'account:%' and not exists (\n"                        \
  "  select from users\n"                                       \
  "  where disabled_at is null and users.id = case when " owner \
  " ~ '^account:[0-9]{1,18}$'\n"                                \
  "                                                then substr(" owner ", 9)::bigint end))"

constexpr Statement kAddKey{"add_key",
                            "insert into api_keys (id, owner, name, digest, scopes)\n"
                            "select $1::uuid, $2, $3, decode($4, 'hex'), $5::text[]\n"
                            "where (select count(*) from api_keys where owner = $2) < $6\n"
                            "  and not " RUNYARD_OWNER_LOCKED_OUT("$2::text") "\n"
                            "returning " RUNYARD_KEY_COLUMNS};

constexpr Statement kKeys{"keys", "select " RUNYARD_KEY_COLUMNS
                                  "\n"
                                  "from api_keys where owner = $1 order by created_at, id"};

constexpr Statement kRemoveKey{
    "remove_key", "delete from api_keys where id = $1::uuid and owner = $2 returning 1"};

constexpr Statement kUseKey{
    "use_key",
    "with used as (\n"
    "  update api_keys set last_used_at = clock_timestamp()\n"
    "  where digest = decode($1, 'hex')\n"
    "    and (last_used_at is null or last_used_at < clock_timestamp() - interval '1 minute'))\n"
    "select " RUNYARD_KEY_COLUMNS
    "\n"
    "from api_keys\n"
    "where digest = decode($1, 'hex')\n"
    "  and not " RUNYARD_OWNER_LOCKED_OUT("owner")};

#undef RUNYARD_OWNER_LOCKED_OUT
#undef RUNYARD_USER_COLUMNS
#undef RUNYARD_TIME

// The window begins with the first attempt, so whoever waits its length out starts at none.
// Attempts beyond the limit count on but do not prolong it.
constexpr Statement kCountAttempt{
    "count_attempt",
    "insert into attempts as a (subject, since, count)\n"
    "values ($1, clock_timestamp(), 1)\n"
    "on conflict (subject) do update set\n"
    "  since = case when a.since < clock_timestamp() - make_interval(secs => $2)\n"
    "               then clock_timestamp() else a.since end,\n"
    "  count = case when a.since < clock_timestamp() - make_interval(secs => $2)\n"
    "               then 1 else a.count + 1 end\n"
    "returning count,\n"
    "  ceil(extract(epoch from since - clock_timestamp()) + $2)::bigint"};

constexpr Statement kForgetAttempts{
    "forget_attempts", "delete from attempts where since < clock_timestamp() - interval '1 day'"};

constexpr Statement kForgiveAttempt{
    "forgive_attempt", "update attempts set count = count - 1 where subject = $1 and count > 0"};

User user_of(const pqxx::row& row) {
  return {row[0].as<std::int64_t>(), row[1].c_str(), row[2].c_str(), row[3].c_str(),
          row[4].c_str()};
}

}  // namespace

std::variant<User, Taken> UserStore::add_user(const NewUser& user) {
  std::variant<User, Taken> outcome = Taken::kEmail;
  database_.run([&](DatabaseConnection& connection) {
    const auto rows =
        connection.exec(kAddUser, user.username, user.email, user.full_name, user.password_hash);
    if (!rows.empty())
      outcome = user_of(rows[0]);
    else if (connection.exec(kUsernameTaken, user.username)[0][0].as<bool>())
      outcome = Taken::kUsername;
    else
      outcome = Taken::kEmail;
  });
  return outcome;
}

std::optional<User> UserStore::find_user(std::int64_t id) {
  std::optional<User> found;
  database_.run([&](DatabaseConnection& connection) {
    const auto rows = connection.exec(kFindUser, id);
    found = rows.empty() ? std::nullopt : std::optional(user_of(rows[0]));
  });
  return found;
}

std::optional<std::int64_t> UserStore::token_generation(std::int64_t id) {
  std::optional<std::int64_t> generation;
  database_.run([&](DatabaseConnection& connection) {
    const auto rows = connection.exec(kTokenGeneration, id);
    generation = rows.empty() ? std::nullopt : std::optional(rows[0][0].as<std::int64_t>());
  });
  return generation;
}

std::optional<StoredPassword> UserStore::find_password(const std::string& username) {
  std::optional<StoredPassword> found;
  database_.run([&](DatabaseConnection& connection) {
    found.reset();
    const auto rows = connection.exec(kFindPassword, username);
    if (rows.empty()) return;
    found = StoredPassword{rows[0][0].as<std::int64_t>(), optional_field<std::string>(rows[0][1]),
                           rows[0][2].as<std::int64_t>()};
  });
  return found;
}

std::optional<ApiKey> UserStore::add_key(const NewApiKey& key, int max_keys) {
  std::optional<ApiKey> added;
  database_.run([&](DatabaseConnection& connection) {
    added.reset();
    try {
      const auto rows = connection.exec(kAddKey, key.id, key.owner, key.name, key.digest_hex,
                                        array_literal(key.scopes), max_keys);
      if (!rows.empty()) added = api_key_of(rows[0]);
    } catch (const pqxx::unique_violation&) {
      // The id is the caller's own: an earlier try was committed although its answer was lost.
      const auto rows = connection.exec(kUseKey, key.digest_hex);
      if (!rows.empty()) added = api_key_of(rows[0]);
    }
  });
  return added;
}

std::vector<ApiKey> UserStore::keys(const std::string& owner) {
  std::vector<ApiKey> found;
  database_.run([&](DatabaseConnection& connection) {
    found.clear();
    for (const auto& row : connection.exec(kKeys, owner)) found.push_back(api_key_of(row));
  });
  return found;
}

bool UserStore::remove_key(const std::string& id, const std::string& owner) {
  bool removed = false;
  database_.run([&](DatabaseConnection& connection) {
    removed = !connection.exec(kRemoveKey, id, owner).empty();
  });
  return removed;
}

std::optional<ApiKey> UserStore::use_key(const std::string& digest_hex) {
  std::optional<ApiKey> found;
  database_.run([&](DatabaseConnection& connection) {
    const auto rows = connection.exec(kUseKey, digest_hex);
    found = rows.empty() ? std::nullopt : std::optional(api_key_of(rows[0]));
  });
  return found;
}

std::optional<std::chrono::seconds> UserStore::count_attempt(const std::string& subject, int limit,
                                                             std::chrono::seconds window) {
  std::optional<std::chrono::seconds> wait;
  database_.run([&](DatabaseConnection& connection) {
    wait.reset();
    const auto rows =
        connection.exec(kCountAttempt, subject, static_cast<std::int64_t>(window.count()));
    if (rows[0][0].as<std::int64_t>() > limit)
      wait = std::chrono::seconds(std::max<std::int64_t>(1, rows[0][1].as<std::int64_t>()));
    else
      connection.exec(kForgetAttempts);  // rare and slow requests, so each may sweep
  });
  return wait;
}

void UserStore::forgive_attempt(const std::string& subject) {
  database_.run([&](DatabaseConnection& connection) { connection.exec(kForgiveAttempt, subject); });
}

}  // namespace runyard
