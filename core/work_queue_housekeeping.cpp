#include <chrono>

#include "core/database_connection.hpp"
#include "core/work_queue.hpp"

namespace runyard {
namespace {

constexpr Statement kRenew{
    "renew",
    "with hurry as materialized (select set_config('synchronous_commit', 'off', true))\n"
    "update queue\n"
    "set lease_until = clock_timestamp() + interval '20 s'\n"
    "from hurry\n"
    "where id = any ($2::uuid[]) and worker = $1::uuid\n"
    "returning id, cancelled, followed"};

constexpr Statement kSeen{
    "seen",
    "insert into workers as w (id, host, slots, running, warm, images, sandbox, draining, "
    "drained)\n"
    "values ($1::uuid, $2, $3, $4, $5, $6::text[], $7, $8, $9)\n"
    "on conflict (id) do update\n"
    "set running = excluded.running, warm = excluded.warm, images = excluded.images,\n"
    "    drained = w.draining and excluded.drained, seen_at = clock_timestamp()\n"
    "returning draining"};

constexpr Statement kCancelled{
    "cancelled",
    "select id from queue where id = any ($2::uuid[]) and worker = $1::uuid and cancelled"};

constexpr Statement kSetIdle{"set_idle",
                             "insert into idle_workers values ($1::uuid) on conflict do nothing"};
constexpr Statement kUnsetIdle{"unset_idle", "delete from idle_workers where worker = $1::uuid"};

constexpr Statement kEndLost{
    "end_lost",
    "with lost as (\n"
    "  delete from queue\n"
    "  where ctid = any (array(\n"
    "    select ctid from queue\n"
    "    where (lease_until < clock_timestamp()\n"
    "           or lease_until > clock_timestamp() + interval '1 minute')\n"
    "      and (attempt >= 3 or cancelled)\n"
    "    order by key limit 100 for update skip locked))\n"
    "  returning id, owner, attempt, worker, cancelled, queued_at, claimed_at, callback_url),\n"
    "ended as (\n"
    "  insert into results (execution_id, status, reason, message, attempt, worker, queue_ms, "
    "started_at)\n"
    "  select id, case when cancelled then 'CANCELLED' else 'FAILED' end,\n"
    "         case when cancelled then 'CANCELLED' else 'WORKER_LOST' end,\n"
    "         case when cancelled then 'cancelled'\n"
    "              else 'its worker was lost in each of ' || attempt || ' attempts' end,\n"
    "         attempt, worker,\n"
    "         greatest(0, extract(epoch from claimed_at - queued_at) * 1000)::bigint, claimed_at\n"
    "  from lost),\n"
    "called as (\n"
    "  insert into webhooks (execution_id, owner, url)\n"
    "  select id, owner, callback_url from lost where callback_url is not null),\n"
    "waited as (\n"
    "  delete from watch using lost where watch.execution_id = lost.id returning "
    "watch.execution_id)\n"
    "select lost.id, exists (select from waited where execution_id = lost.id) from lost"};

// One that was seen in the future died before the server's clock was set back: others write anew.
constexpr Statement kForgetWorkers{
    "forget_workers",
    "with dead as (\n"
    "  delete from workers\n"
    "  where seen_at not between clock_timestamp() - interval '1 minute'\n"
    "                        and clock_timestamp() + interval '1 minute'\n"
    "  returning id)\n"
    "delete from idle_workers where worker in (select id from dead)"};

// Somebody who registered just after the end looks once more and is told; the row would stay.
constexpr Statement kForgetWatches{
    "forget_watches",
    "delete from watch where not exists (select from queue where queue.id = watch.execution_id)"};

constexpr Statement kForgetKeys{
    "forget_keys",
    "delete from idempotency where created_at < clock_timestamp() - interval '1 day'"};

constexpr Statement kForgetUsage{
    "forget_usage",
    "delete from usage where since < clock_timestamp() - interval '1 day'\n"
    "  and day < (clock_timestamp() at time zone 'UTC')::date"};

// In batches, so that no statement holds many rows.
constexpr Statement kForgetUnlisted{"forget_unlisted", "select forget_unlisted($1)"};

constexpr Statement kEnsurePartitions{"ensure_partitions",
                                      "select ensure_partitions(clock_timestamp(), 2)"};
constexpr Statement kDropPartitions{
    "drop_partitions", "select drop_partitions(clock_timestamp() - make_interval(days => $1))"};

constexpr Statement kSignOff{"sign_off",
                             "with idle as (delete from idle_workers where worker = $1::uuid)\n"
                             "delete from workers where id = $1::uuid"};

}  // namespace

LeaseReport WorkQueue::heartbeat(const std::vector<std::string>& running,
                                 const WorkerState& state) {
  LeaseReport report;
  database_.run([&](DatabaseConnection& connection) {
    report = {};
    report.draining = connection
                          .exec(kSeen, worker_id_, state.host, state.slots, state.running,
                                state.warm, array_literal(state.images), state.sandbox,
                                state.draining, state.draining && state.drained)[0][0]
                          .as<bool>();
    if (running.empty()) return;
    for (const auto& row : connection.exec(kRenew, worker_id_, array_literal(running))) {
      report.held.emplace_back(row[0].c_str());
      if (row[1].as<bool>()) report.cancelled.emplace_back(row[0].c_str());
      if (row[2].as<bool>()) report.followed.emplace_back(row[0].c_str());
    }
  });
  return report;
}

std::vector<std::string> WorkQueue::cancelled(const std::vector<std::string>& ids) {
  std::vector<std::string> found;
  database_.run([&](DatabaseConnection& connection) {
    found.clear();
    for (const auto& row : connection.exec(kCancelled, worker_id_, array_literal(ids)))
      found.emplace_back(row[0].c_str());
  });
  return found;
}

void WorkQueue::set_idle(bool idle) {
  database_.run([&](DatabaseConnection& connection) {
    connection.exec(idle ? kSetIdle : kUnsetIdle, worker_id_);
  });
}

int WorkQueue::end_lost() {
  int ended = 0;
  std::vector<std::string> watched;
  database_.run([&](DatabaseConnection& connection) {
    const auto rows = connection.exec(kEndLost);
    ended += static_cast<int>(rows.size());
    for (const auto& row : rows)
      if (row[1].as<bool>()) watched.emplace_back(row[0].c_str());
    connection.exec(kForgetWorkers);
    connection.exec(kForgetWatches);
    connection.exec(kForgetKeys);
  });
  if (!watched.empty()) notify_done(watched);
  return ended;
}

void WorkQueue::maintain_partitions(int retention_days) {
  database_.run([&](DatabaseConnection& connection) {
    connection.exec(kEnsurePartitions);
    connection.exec(kForgetUsage);
    if (retention_days > 0) connection.exec(kDropPartitions, retention_days);
  });
}

int WorkQueue::forget_unlisted(std::chrono::seconds kept) {
  int removed = 0;
  for (int batch = 1; batch > 0; removed += batch)
    database_.run([&](DatabaseConnection& connection) {
      const auto rows = connection.exec(kForgetUnlisted, static_cast<std::int64_t>(kept.count()));
      batch = rows[0][0].as<int>();
    });
  return removed;
}

void WorkQueue::sign_off() {
  database_.run([&](DatabaseConnection& connection) { connection.exec(kSignOff, worker_id_); });
}

}  // namespace runyard
