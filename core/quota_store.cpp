#include "core/quota_store.hpp"

#include <algorithm>

#include "core/quota_charge.hpp"

namespace runyard {
namespace {

constexpr Statement kHasOverrides{"has_quotas", "select exists (select from quotas)"};

constexpr Statement kOverrides{
    "quotas_of", "select queued, running, per_minute, cpu_s_per_day from quotas where owner = $1"};

// A minute begins with its first submission, a day at midnight UTC. The row's lock is held until
// the transaction ends.
constexpr Statement kCharge{
    "charge",
    "insert into usage as u (owner, submitted, day)\n"
    "values ($1, 1, (clock_timestamp() at time zone 'UTC')::date)\n"
    "on conflict (owner) do update set\n"
    "  since = case when u.since < clock_timestamp() - interval '1 minute'\n"
    "               then clock_timestamp() else u.since end,\n"
    "  submitted = case when u.since < clock_timestamp() - interval '1 minute'\n"
    "                   then 1 else u.submitted + 1 end,\n"
    "  day = excluded.day,\n"
    "  cpu_ms = case u.day when excluded.day then u.cpu_ms else 0 end\n"
    "returning submitted, cpu_ms,\n"
    "  ceil(extract(epoch from since + interval '1 minute' - clock_timestamp()))::integer,\n"
    "  ceil(extract(epoch from day + 1 - clock_timestamp() at time zone 'UTC'))::integer"};

// A statement of its own: it sees what others committed while this one waited for the lock. Counted
// up to the limits, by the index of the owner.
constexpr Statement kUnfinished{
    "unfinished",
    "select (select count(*) from (select from queue where owner = $1 and worker is null limit $2) "
    "as w),\n"
    "       (select count(*) from (select from queue where owner = $1 limit $3) as u)"};

// As with the row of `usage`: one at a time, then a look that sees all before.
constexpr Statement kLockLive{
    "lock_live", "select pg_advisory_xact_lock(hashtextextended('runyard live ' || $1, 0))"};

constexpr Statement kUnfinishedLive{
    "unfinished_live",
    "select count(*) from (\n"
    "  select from queue where owner = $1 and live_key is not null and id <> $2::uuid limit $3)\n"
    "as u"};

constexpr int kRetryUnfinished = 2;

QuotaExceeded exceeded(const char* name, const std::string& value, const std::string& measured,
                       int retry_after_s) {
  return {std::string("the quota '") + name + "' of " + value + " is used up: " + measured,
          std::max(1, retry_after_s)};
}

}  // namespace

bool QuotaStore::has_overrides() {
  bool any = false;
  database_.run([&](DatabaseConnection& connection) {
    any = connection.exec(kHasOverrides)[0][0].as<bool>();
  });
  return any;
}

std::optional<QuotaOverrides> QuotaStore::overrides(const std::string& owner) {
  std::optional<QuotaOverrides> found;
  database_.run([&](DatabaseConnection& connection) {
    found.reset();
    const auto rows = connection.exec(kOverrides, owner);
    if (rows.empty()) return;
    found = QuotaOverrides{optional_field<int>(rows[0][0]), optional_field<int>(rows[0][1]),
                           optional_field<int>(rows[0][2]), optional_field<int>(rows[0][3])};
  });
  return found;
}

void prepare_charge(DatabaseConnection& connection) {
  connection.prepare(kCharge);
  connection.prepare(kUnfinished);
  connection.prepare(kLockLive);
  connection.prepare(kUnfinishedLive);
}

std::optional<QuotaExceeded> charge(pqxx::transaction_base& transaction, const std::string& owner,
                                    const QuotaLimits& limits) {
  const auto used = exec_prepared(transaction, kCharge.name, owner);
  const auto submitted = used[0][0].as<int>();
  const auto cpu_ms = used[0][1].as<std::int64_t>();
  if (limits.per_minute > 0 && submitted > limits.per_minute)
    return exceeded("per_minute", std::to_string(limits.per_minute) + " submissions a minute",
                    std::to_string(submitted - 1) + " were taken within the last minute",
                    used[0][2].as<int>());
  if (limits.cpu_s_per_day > 0 && cpu_ms >= std::int64_t{1000} * limits.cpu_s_per_day)
    return exceeded(
        "cpu_s_per_day", std::to_string(limits.cpu_s_per_day) + " seconds of CPU time a day",
        std::to_string(cpu_ms) + " ms were used since midnight UTC", used[0][3].as<int>());
  if (limits.queued == 0 && limits.running == 0) return std::nullopt;

  const auto rows =
      exec_prepared(transaction, kUnfinished.name, owner, limits.queued, limits.running);
  const auto queued = rows[0][0].as<int>();
  const auto running = rows[0][1].as<int>();
  if (limits.queued > 0 && queued >= limits.queued)
    return exceeded("queued", std::to_string(limits.queued) + " waiting executions",
                    std::to_string(queued) + " wait already", kRetryUnfinished);
  if (limits.running > 0 && running >= limits.running)
    return exceeded("running", std::to_string(limits.running) + " waiting and running executions",
                    std::to_string(running) + " are not over", kRetryUnfinished);
  return std::nullopt;
}

std::optional<QuotaExceeded> charge_live(pqxx::transaction_base& transaction,
                                         const std::string& owner, const std::string& id,
                                         int limit) {
  exec_prepared(transaction, kLockLive.name, owner);
  const auto unfinished =
      exec_prepared(transaction, kUnfinishedLive.name, owner, id, limit)[0][0].as<int>();
  if (unfinished < limit) return std::nullopt;
  return exceeded("live_per_owner", std::to_string(limit) + " live runs at a time",
                  std::to_string(unfinished) + " are not over", kRetryUnfinished);
}

}  // namespace runyard
