#include "core/admin_queue_store.hpp"

#include "core/database_connection.hpp"
#include "core/listener.hpp"

namespace runyard {
namespace {

constexpr Statement kWorkers{
    "admin_workers",
    "select w.id, w.host, w.slots, w.running, w.warm, cardinality(w.images), w.sandbox,\n"
    "       w.draining, w.drained, w.seen_at > clock_timestamp() - interval '15 s',\n"
    "       (select count(*) from queue q where q.worker = w.id),\n"
    "       to_char(w.started_at at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"'),\n"
    "       extract(epoch from clock_timestamp() - w.seen_at)::bigint\n"
    "from workers w\n"
    "order by w.host, w.started_at, w.id"};

constexpr Statement kSetDraining{"admin_set_draining",
                                 "update workers set draining = $2, drained = drained and $2\n"
                                 "where id = any ($1::uuid[])"};

constexpr Statement kTell{"admin_tell", "select pg_notify($1, id) from unnest($2::text[]) as id"};

constexpr Statement kQueue{
    "admin_queue",
    "select count(*) filter (where worker is null), count(worker), count(live_key),\n"
    "       (extract(epoch from clock_timestamp() - min(queued_at) filter (where worker is null))\n"
    "        * 1000)::bigint\n"
    "from queue"};

constexpr Statement kOwners{
    "admin_queue_owners",
    "select owner, count(*) filter (where worker is null), count(worker),\n"
    "       (extract(epoch from clock_timestamp() - min(queued_at) filter (where worker is null))\n"
    "        * 1000)::bigint\n"
    "from queue group by owner order by count(*) desc, owner limit $1"};

constexpr Statement kRunning{
    "admin_queue_running",
    "select q.id, q.owner, q.worker, w.host, q.attempt, q.cancelled,\n"
    "       (extract(epoch from clock_timestamp() - q.claimed_at) * 1000)::bigint,\n"
    "       (extract(epoch from q.lease_until - clock_timestamp()) * 1000)::bigint\n"
    "from queue q left join workers w on w.id = q.worker\n"
    "where q.worker is not null\n"
    "order by q.claimed_at limit $1"};

constexpr Statement kOwnerOf{"admin_owner_of", "select owner from executions where id = $1::uuid"};

// What is to be cancelled keeps its worker, and ends as cancelled by the next look for lost ones.
#define RUNYARD_GIVE_UP                                 \
  "update queue\n"                                      \
  "set worker = case when cancelled then worker end,\n" \
  "    lease_until = case when cancelled then clock_timestamp() end\n"

// The worker as it was: what an update returns is what it wrote.
constexpr Statement kRequeue{
    "admin_requeue",
    "with held as (\n"
    "  select id, worker from queue where id = $1::uuid and worker is not null for update),\n"
    "given as (\n" RUNYARD_GIVE_UP
    "  where id in (select id from held) and (attempt < 3 or cancelled)\n"
    "  returning id, cancelled)\n"
    "select (select worker from held), (select cancelled from given),\n"
    "       exists (select from queue where id = $1::uuid),\n"
    "       exists (select from executions where id = $1::uuid)"};

constexpr Statement kRequeueOf{
    "admin_requeue_of",
    "with held as (\n"
    "  select id from queue where worker = $1::uuid for update),\n"
    "given as (\n" RUNYARD_GIVE_UP
    "  where id in (select id from held) and (attempt < 3 or cancelled)\n"
    "  returning id, cancelled)\n"
    "select held.id, given.cancelled from held left join given on given.id = held.id\n"
    "order by held.id"};

#undef RUNYARD_GIVE_UP

}  // namespace

std::vector<FleetMember> AdminQueueStore::workers() {
  std::vector<FleetMember> found;
  database_.run([&](DatabaseConnection& connection) {
    found.clear();
    for (const auto& row : connection.exec(kWorkers)) {
      FleetMember member;
      member.id = row[0].c_str();
      member.host = row[1].c_str();
      member.slots = row[2].as<int>();
      member.running = row[3].as<int>();
      member.warm = row[4].as<int>();
      member.images = row[5].as<int>();
      member.sandbox = row[6].c_str();
      member.draining = row[7].as<bool>();
      member.drained = row[8].as<bool>();
      member.alive = row[9].as<bool>();
      member.holds = row[10].as<std::int64_t>();
      member.started_at = row[11].c_str();
      member.seen_s_ago = row[12].as<std::int64_t>();
      found.push_back(std::move(member));
    }
  });
  return found;
}

int AdminQueueStore::set_draining(const std::vector<std::string>& ids, bool draining) {
  int changed = 0;
  database_.run([&](DatabaseConnection& connection) {
    changed = static_cast<int>(
        connection.exec(kSetDraining, array_literal(ids), draining).affected_rows());
  });
  tell(ids, false);
  return changed;
}

void AdminQueueStore::tell(const std::vector<std::string>& workers, bool work) {
  database_.run([&](DatabaseConnection& connection) {
    connection.exec(kTell, kWorkerChannel, array_literal(workers));
    if (work) connection.exec(kTell, kWorkChannel, array_literal({""}));
  });
}

QueueView AdminQueueStore::queue(int most) {
  QueueView view;
  database_.run([&](DatabaseConnection& connection) {
    view = {};
    const auto all = connection.exec(kQueue)[0];
    view.queued = all[0].as<std::int64_t>();
    view.running = all[1].as<std::int64_t>();
    view.live = all[2].as<std::int64_t>();
    view.oldest_wait_ms = optional_field<std::int64_t>(all[3]);
    for (const auto& row : connection.exec(kOwners, most))
      view.owners.push_back({row[0].c_str(), row[1].as<std::int64_t>(), row[2].as<std::int64_t>(),
                             optional_field<std::int64_t>(row[3])});
    for (const auto& row : connection.exec(kRunning, most))
      view.executions.push_back({row[0].c_str(), row[1].c_str(), row[2].c_str(), text_of(row[3]),
                                 row[4].as<int>(), row[5].as<bool>(), row[6].as<std::int64_t>(),
                                 row[7].as<std::int64_t>()});
  });
  return view;
}

std::optional<std::string> AdminQueueStore::owner_of(const std::string& execution_id) {
  std::optional<std::string> owner;
  database_.run([&](DatabaseConnection& connection) {
    const auto rows = connection.exec(kOwnerOf, execution_id);
    owner = rows.empty() ? std::nullopt : std::optional<std::string>(rows[0][0].c_str());
  });
  return owner;
}

RequeueOutcome AdminQueueStore::requeue(const std::string& execution_id) {
  auto outcome = RequeueOutcome::kNotFound;
  std::string worker;
  database_.run([&](DatabaseConnection& connection) {
    // What a claim or a finish changes as the statement begins looks as if no worker had it; the
    // next one sees what has become of it.
    for (int again = 0; again < 2; ++again) {
      const auto row = connection.exec(kRequeue, execution_id)[0];
      worker = text_of(row[0]);
      if (!row[1].is_null())
        outcome = row[1].as<bool>() ? RequeueOutcome::kEndsCancelled : RequeueOutcome::kRequeued;
      else if (!worker.empty())
        outcome = RequeueOutcome::kLastAttempt;
      else if (row[2].as<bool>())
        outcome = RequeueOutcome::kQueued;
      else
        outcome = row[3].as<bool>() ? RequeueOutcome::kFinished : RequeueOutcome::kNotFound;
      if (outcome != RequeueOutcome::kQueued) return;
    }
  });
  if (outcome == RequeueOutcome::kRequeued) tell({worker}, true);
  return outcome;
}

RequeuedOfWorker AdminQueueStore::requeue_of(const std::string& worker_id) {
  RequeuedOfWorker outcome;
  database_.run([&](DatabaseConnection& connection) {
    outcome = {};
    for (const auto& row : connection.exec(kRequeueOf, worker_id)) {
      auto& one = row[1].is_null()    ? outcome.last_attempt
                  : row[1].as<bool>() ? outcome.cancelled
                                      : outcome.requeued;
      one.emplace_back(row[0].c_str());
    }
  });
  if (!outcome.requeued.empty()) tell({worker_id}, true);
  return outcome;
}

}  // namespace runyard
