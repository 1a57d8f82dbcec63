#include "core/webhook_store.hpp"

#include "core/database_connection.hpp"
#include "core/errors.hpp"
#include "core/ids.hpp"
#include "core/names.hpp"
#include "core/text.hpp"

namespace runyard {
namespace {

constexpr NamedValue<WebhookState> kStates[] = {
    {WebhookState::kPending, "PENDING"},
    {WebhookState::kDelivered, "DELIVERED"},
    {WebhookState::kFailed, "FAILED"},
};

// Those without room are left out before the limit, so that what waits for a receiver that does not
// answer hides nobody else's. For the same reason owners that have nothing under way are looked for
// by themselves, and of all that may be taken each place goes to the owner with the fewest under
// way by then. An attempt whose sender was lost stands in the log like any other.
#define RUNYARD_DUE                                                                     \
  "  select id, owner, origin, due_at, attempt, worker\n"                               \
  "  from webhooks\n"                                                                   \
  "  where state = 'PENDING' and due_at <= clock_timestamp() and attempt < 8\n"         \
  "    and origin <> all (array(select o.name from unnest($3::text[], $4::integer[])\n" \
  "                             as o (name, room) where o.room <= 0))\n"                \
  "    and owner "
#define RUNYARD_FIRST "\n  order by due_at limit 256 for update skip locked"
constexpr Statement kClaim{
    "webhook_claim",
    "with due_of_new as materialized (\n" RUNYARD_DUE "<> all ($6::text[])" RUNYARD_FIRST
    "),\n"
    "due_of_others as materialized (\n" RUNYARD_DUE
    "= any (array(select o.name from unnest($6::text[], $7::integer[])\n"
    "                       as o (name, room) where o.room > 0))" RUNYARD_FIRST
    "),\n"
    "ranked as (\n"
    "  select *, row_number() over (partition by origin order by due_at) as of_origin,\n"
    "         row_number() over (partition by owner order by due_at) as of_owner\n"
    "  from (select * from due_of_new union all select * from due_of_others) as due),\n"
    "chosen as materialized (\n"
    "  select r.id, r.attempt, r.worker\n"
    "  from ranked r\n"
    "  left join unnest($3::text[], $4::integer[]) as o (name, room) on o.name = r.origin\n"
    "  left join unnest($6::text[], $7::integer[]) as w (name, room) on w.name = r.owner\n"
    "  where r.of_origin <= coalesce(o.room, $5) and r.of_owner <= coalesce(w.room, $8)\n"
    "  order by coalesce($8 - w.room, 0) + r.of_owner, r.due_at\n"
    "  limit $2),\n"
    "lost as (\n"
    "  insert into webhook_attempts (webhook_id, attempt, error)\n"
    "  select id, attempt, 'the worker was lost while it was sent'\n"
    "  from chosen where worker is not null)\n"
    "update webhooks h\n"
    "set worker = $1::uuid, attempt = h.attempt + 1,\n"
    "    due_at = clock_timestamp() + $9 * interval '1 ms'\n"
    "where h.id = any (array(select id from chosen))\n"
    "returning h.id, h.execution_id, h.owner, h.url, h.origin, h.attempt"};

#undef RUNYARD_DUE
#undef RUNYARD_FIRST

constexpr Statement kRecord{
    "webhook_record",
    "with mine as (\n"
    "  update webhooks\n"
    "  set state = $4, worker = null,\n"
    "      due_at = clock_timestamp() + $5 * interval '1 ms',\n"
    "      finished_at = case $4 when 'PENDING' then null else clock_timestamp() end\n"
    "  where id = $1::uuid and worker = $2::uuid and attempt = $3\n"
    "  returning id)\n"
    "insert into webhook_attempts (webhook_id, attempt, at, duration_ms, status, error)\n"
    "select id, $3, clock_timestamp() - $6::bigint * interval '1 ms', $6::bigint,\n"
    "       nullif($7::smallint, 0), $8\n"
    "from mine\n"
    "returning 1"};

constexpr Statement kGiveBack{
    "webhook_give_back",
    "update webhooks\n"
    "set worker = null, attempt = attempt - 1, due_at = clock_timestamp() + $3 * interval '1 ms'\n"
    "where id = $1::uuid and worker = $2::uuid"};

// The minute is more than give_back() ever asks for.
constexpr Statement kBringBack{
    "webhook_bring_back",
    "update webhooks\n"
    "set due_at = clock_timestamp()\n"
    "             + case when worker is null then 0 else $1 end * interval '1 ms'\n"
    "where id = any (array(\n"
    "  select id from webhooks\n"
    "  where state = 'PENDING' and (attempt = 0 or worker is not null)\n"
    "    and due_at > clock_timestamp() + $1 * interval '1 ms' + interval '1 minute'\n"
    "  for update skip locked))"};

constexpr Statement kRemove{"webhook_remove", "delete from webhooks where id = $1::uuid"};

constexpr Statement kSecrets{
    "webhook_secrets",
    "with made as (\n"
    "  insert into webhook_secrets (owner, secret) values ($1, $2)\n"
    "  on conflict do nothing\n"
    "  returning secret)\n"
    "select secret, null as previous from made\n"
    "union all\n"
    "select secret, case when changed_at > clock_timestamp() - interval '1 day' then previous end\n"
    "from webhook_secrets where owner = $1"};

constexpr Statement kChangeSecret{
    "webhook_change_secret",
    "insert into webhook_secrets as s (owner, secret) values ($1, $2)\n"
    "on conflict (owner) do update\n"
    "set previous = s.secret, secret = excluded.secret, changed_at = clock_timestamp()"};

constexpr Statement kEndLost{
    "webhook_end_lost",
    "with lost as (\n"
    "  update webhooks\n"
    "  set state = 'FAILED', worker = null, finished_at = clock_timestamp()\n"
    "  where state = 'PENDING' and due_at < clock_timestamp() and attempt >= 8\n"
    "  returning id, attempt)\n"
    "insert into webhook_attempts (webhook_id, attempt, error)\n"
    "select id, attempt, 'the worker was lost while it was sent' from lost"};

constexpr Statement kForget{"webhook_forget",
                            "delete from webhooks\n"
                            "where id = any (array(\n"
                            "  select id from webhooks\n"
                            "  where finished_at < clock_timestamp() - $1 * interval '1 hour'\n"
                            "  order by finished_at limit 1000 for update skip locked))"};

#define RUNYARD_TIME(column) \
  "to_char(" column " at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"') as " column

constexpr Statement kLog{
    "webhook_log",
    "select id, url, state, worker is not null as under_way,\n"
    "       " RUNYARD_TIME("created_at") ", " RUNYARD_TIME("due_at") ", "
    RUNYARD_TIME("finished_at") "\n"
    "from webhooks where execution_id = $1::uuid and owner = $2"};

constexpr Statement kOwned{
    "webhook_owned", "select exists (select from executions where id = $1::uuid and owner = $2)"};

constexpr Statement kAttempts{
    "webhook_attempts",
    "select attempt, " RUNYARD_TIME("at") ", duration_ms, status, error\n"
    "from webhook_attempts where webhook_id = $1::uuid\n"
    "order by id desc limit 50"};

#undef RUNYARD_TIME

// Whoever asks again and again keeps no more than the last attempts. What a lost sender had is
// nobody's once its lease is over.
constexpr Statement kRedeliver{
    "webhook_redeliver",
    "with again as (\n"
    "  update webhooks\n"
    "  set state = 'PENDING', attempt = 0, worker = null, due_at = clock_timestamp(),\n"
    "      finished_at = null\n"
    "  where execution_id = $1::uuid and owner = $2\n"
    "    and (worker is null or due_at <= clock_timestamp())\n"
    "  returning id),\n"
    "trimmed as (\n"
    "  delete from webhook_attempts\n"
    "  where id in (select a.id from webhook_attempts a join again on a.webhook_id = again.id\n"
    "               order by a.id desc offset 42))\n"
    "select exists (select from webhooks where execution_id = $1::uuid and owner = $2)"};

std::string new_secret() {
  const auto hex = random_hex(32);
  std::string bytes;
  for (std::size_t i = 0; i < hex.size(); i += 2)
    bytes += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
  return "whsec_" + base64_encode(bytes);
}

/// As two array literals.
struct Rooms {
  explicit Rooms(const std::vector<WebhookRoom>& rooms) {
    std::vector<std::string> all_names;
    std::vector<std::string> all_numbers;
    for (const auto& [name, room] : rooms) {
      all_names.push_back(name);
      all_numbers.push_back(std::to_string(room));
    }
    names = array_literal(all_names);
    numbers = array_literal(all_numbers);
  }

  std::string names;
  std::string numbers;
};

}  // namespace

std::string_view to_string(WebhookState state) { return name_of(kStates, state); }

std::vector<DueWebhook> WebhookStore::claim(const std::string& worker, const WebhookWish& wish) {
  std::vector<DueWebhook> due;
  const Rooms origins(wish.origins);
  const Rooms owners(wish.owners);
  database_.run([&](DatabaseConnection& connection) {
    due.clear();
    for (const auto& row :
         connection.exec(kClaim, worker, wish.want, origins.names, origins.numbers, wish.per_origin,
                         owners.names, owners.numbers, wish.per_owner, wish.lease.count()))
      due.push_back({row[0].c_str(), row[1].c_str(), row[2].c_str(), row[3].c_str(), row[4].c_str(),
                     row[5].as<int>()});
  });
  return due;
}

bool WebhookStore::record(const std::string& worker, const WebhookAttempt& attempt) {
  const auto state = attempt.delivered  ? WebhookState::kDelivered
                     : attempt.again_in ? WebhookState::kPending
                                        : WebhookState::kFailed;
  bool mine = false;
  database_.run([&](DatabaseConnection& connection) {
    mine = !connection
                .exec(kRecord, attempt.webhook_id, worker, attempt.attempt,
                      std::string(to_string(state)),
                      attempt.again_in.value_or(std::chrono::milliseconds(0)).count(),
                      attempt.duration_ms, attempt.status, attempt.error)
                .empty();
  });
  return mine;
}

void WebhookStore::give_back(const std::string& worker, const std::string& id,
                             std::chrono::milliseconds due_in) {
  database_.run([&](DatabaseConnection& connection) {
    connection.exec(kGiveBack, id, worker, due_in.count());
  });
}

void WebhookStore::bring_back(std::chrono::milliseconds lease) {
  database_.run(
      [&](DatabaseConnection& connection) { connection.exec(kBringBack, lease.count()); });
}

void WebhookStore::remove(const std::string& id) {
  database_.run([&](DatabaseConnection& connection) { connection.exec(kRemove, id); });
}

std::vector<std::string> WebhookStore::secrets(const std::string& owner) {
  std::vector<std::string> found;
  const auto made = new_secret();
  database_.run([&](DatabaseConnection& connection) {
    // Of two that make it at once, one sees neither its own nor the other's yet.
    for (int again = 0; again < 2 && found.empty(); ++again) {
      const auto rows = connection.exec(kSecrets, owner, made);
      if (rows.empty()) continue;
      found.emplace_back(rows[0][0].c_str());
      if (!rows[0][1].is_null()) found.emplace_back(rows[0][1].c_str());
    }
  });
  if (found.empty()) throw DatabaseUnavailable("the webhook secret was removed while it was read");
  return found;
}

std::string WebhookStore::change_secret(const std::string& owner) {
  const auto made = new_secret();
  database_.run(
      [&](DatabaseConnection& connection) { connection.exec(kChangeSecret, owner, made); });
  return made;
}

int WebhookStore::tidy(std::chrono::hours kept) {
  int removed = 0;
  for (bool more = true; more;)
    database_.run([&](DatabaseConnection& connection) {
      connection.exec(kEndLost);
      const auto gone = static_cast<int>(
          connection.exec(kForget, static_cast<std::int64_t>(kept.count())).affected_rows());
      removed += gone;
      more = gone > 0;
    });
  return removed;
}

std::optional<std::vector<WebhookLog>> WebhookStore::log(const std::string& execution_id,
                                                         const std::string& owner) {
  std::vector<WebhookLog> logs;
  bool owned = false;
  database_.run([&](DatabaseConnection& connection) {
    logs.clear();
    owned = connection.exec(kOwned, execution_id, owner)[0][0].as<bool>();
    for (const auto& row : connection.exec(kLog, execution_id, owner)) {
      WebhookLog log;
      log.id = row["id"].c_str();
      log.url = row["url"].c_str();
      log.state = value_of(kStates, row["state"].c_str()).value();
      log.created_at = row["created_at"].c_str();
      if (log.state == WebhookState::kPending && !row["under_way"].as<bool>())
        log.next_attempt_at = row["due_at"].c_str();
      log.finished_at = optional_field<std::string>(row["finished_at"]);
      const auto attempts = connection.exec(kAttempts, log.id);
      for (auto at = attempts.size(); at > 0; --at) {
        const auto one = attempts[at - 1];
        log.attempts.push_back({one[0].as<int>(), one[1].c_str(),
                                optional_field<std::int64_t>(one[2]), optional_field<int>(one[3]),
                                one[4].c_str()});
      }
      logs.push_back(std::move(log));
    }
  });
  if (!owned) return std::nullopt;
  return logs;
}

bool WebhookStore::redeliver(const std::string& execution_id, const std::string& owner) {
  bool found = false;
  database_.run([&](DatabaseConnection& connection) {
    found = connection.exec(kRedeliver, execution_id, owner)[0][0].as<bool>();
  });
  return found;
}

}  // namespace runyard
