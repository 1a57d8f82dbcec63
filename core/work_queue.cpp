#include "core/work_queue.hpp"

#include <algorithm>
#include <chrono>

#include "core/database_connection.hpp"
#include "core/json.hpp"
#include "core/listener.hpp"
#include "core/log.hpp"
#include "core/stored_json.hpp"
#include "core/text.hpp"

namespace runyard {
namespace {

// Picked by ctid in key order, so that the plan is an index scan that stops after $2 rows, whatever
// the table looked like when it was prepared: from $3 to $6, then from $7 on (see ClaimBounds). An
// expired lease is claimed like a free row. The queue's `language` is what a worker must have, an
// image: two versions of one language may be in two images, and one image may hold several
// languages. A lease that ends in more than a minute was given before the server's clock was set
// back: nobody waits for it as long as that. Whoever holds it and lives has not renewed it yet, and
// loses an attempt.
#define RUNYARD_FREE                                                     \
  "    and (worker is null or lease_until < clock_timestamp()\n"         \
  "         or lease_until > clock_timestamp() + interval '1 minute')\n" \
  "    and attempt < 3\n"                                                \
  "    and not cancelled\n"                                              \
  "    and language = any ($4::text[])\n"
#define RUNYARD_CLAIM                                                                           \
  "newcomers as materialized (\n"                                                               \
  "  select ctid from queue\n"                                                                  \
  "  where key >= $3 and key < $6\n"                                                            \
  "    and live_key is null\n" RUNYARD_FREE                                                     \
  "  order by key\n"                                                                            \
  "  limit $2\n"                                                                                \
  "  for update skip locked),\n"                                                                \
  "picked as (\n"                                                                               \
  "  select ctid from queue\n"                                                                  \
  "  where key >= $7\n"                                                                         \
  "    and live_key is null\n" RUNYARD_FREE                                                     \
  "  order by key\n"                                                                            \
  "  limit $2 - (select count(*) from newcomers)\n"                                             \
  "  for update skip locked),\n"                                                                \
  "picked_live as (\n"                                                                          \
  "  select ctid from queue\n"                                                                  \
  "  where live_key is not null\n" RUNYARD_FREE                                                 \
  "  order by live_key\n"                                                                       \
  "  limit $5\n"                                                                                \
  "  for update skip locked),\n"                                                                \
  "claimed as (\n"                                                                              \
  "  update queue q\n"                                                                          \
  "  set worker = $1::uuid, attempt = q.attempt + 1, claimed_at = clock_timestamp(),\n"         \
  "      lease_until = clock_timestamp() + interval '20 s'\n"                                   \
  "  where q.ctid = any (array(select ctid from newcomers) || array(select ctid from picked)\n" \
  "                      || array(select ctid from picked_live))\n"                             \
  "  returning q.id, q.attempt, q.owner, q.key, q.live_key is not null as live, q.followed,\n"  \
  "            q.callback_url is not null as called,\n"                                         \
  "            extract(epoch from clock_timestamp() - q.queued_at)::float8 as waited)\n"        \
  "select 'claimed' as kind, c.id, c.attempt, c.owner, c.key, c.live, c.followed, c.called, "   \
  "e.request,\n"                                                                                \
  "       false as watched,\n"                                                                  \
  "       (extract(epoch from clock_timestamp()) * 1000000)::bigint as now, c.waited\n"         \
  "from claimed c join executions e on e.id = c.id\n"

constexpr Statement kClaim{
    "claim",
    "with hurry as materialized (select set_config('synchronous_commit', 'off', "
    "true)),\n" RUNYARD_CLAIM
    "union all\n"
    "select 'clock', null, null, null, null, null, null, null, null, false,\n"
    "       (extract(epoch from clock_timestamp()) * 1000000)::bigint, null from hurry"};

// $9: whether the waiters are notified by this very transaction. That saves them a round trip, and
// a quarter of a millisecond, but transactions that notify commit one after the other, each with
// its wait for the disk: so only while nothing is queued, when the time of one run counts.
// Otherwise the caller notifies after the commit. A row's `watched` says that it still has to.
constexpr Statement kFinishAndClaim{
    "finish_and_claim",
    "with f as materialized (\n"
    "  select * from json_to_recordset($8::json) as f (\n"
    "    id uuid, attempt smallint, status text, reason text, message text, stdout text, stderr "
    "text,\n"
    "    stdout_truncated boolean, stderr_truncated boolean, exit_code integer, signal integer,\n"
    "    wall_ms bigint, cpu_ms bigint, memory_kb bigint, compile json, tests json,\n"
    "    score double precision, artifacts json, sandbox_reused boolean, runtime text,\n"
    "    output_order integer[])),\n"
    // By arrays, here and below: of a table that looks empty a join would read the whole index,
    // with all that finished rows have left in it.
    "gone as (\n"
    "  delete from queue q using f\n"
    "  where q.id = any (array(select id from f))\n"
    "    and q.id = f.id and q.attempt = f.attempt and q.worker = $1::uuid\n"
    "  returning q.id, q.owner, q.claimed_at, q.queued_at, q.callback_url),\n"
    // Owners with a quota have a row of `usage`. All tests count, and a compilation with its time:
    // its CPU time is not kept. The rows are locked in one order, so that two workers cannot wait
    // for each other.
    "spent as materialized (\n"
    "  select u.owner, (\n"
    "    select sum(coalesce(\n"
    "      (select sum((t->>'cpu_ms')::bigint) from json_array_elements(f.tests) as t), f.cpu_ms, "
    "0)\n"
    "      + case f.compile->>'cached' when 'false' then (f.compile->>'wall_ms')::bigint else 0 "
    "end)\n"
    "    from gone join f on f.id = gone.id where gone.owner = u.owner) as ms\n"
    "  from usage u where u.owner = any (array(select owner from gone))\n"
    "  order by u.owner for update of u),\n"
    "counted as (\n"
    "  update usage u set day = (clock_timestamp() at time zone 'UTC')::date,\n"
    "    cpu_ms = spent.ms + case u.day when (clock_timestamp() at time zone 'UTC')::date\n"
    "                        then u.cpu_ms else 0 end\n"
    "  from spent where u.owner = any (array(select owner from spent)) and u.owner = "
    "spent.owner),\n"
    "ended as (\n"
    "  insert into results (execution_id, status, reason, message, stdout, stderr,\n"
    "    stdout_truncated, stderr_truncated, exit_code, signal, wall_ms, cpu_ms, memory_kb, "
    "compile,\n"
    "    tests, score, artifacts, output_order, attempt, worker, sandbox_reused, runtime, "
    "queue_ms,\n"
    "    started_at)\n"
    "  select f.id, f.status, f.reason, f.message, decode(f.stdout, 'base64'),\n"
    "    decode(f.stderr, 'base64'), f.stdout_truncated, f.stderr_truncated, f.exit_code, "
    "f.signal,\n"
    "    f.wall_ms, f.cpu_ms, f.memory_kb, f.compile, f.tests, f.score, f.artifacts,\n"
    "    f.output_order, f.attempt,\n"
    "    $1::uuid, f.sandbox_reused, f.runtime,\n"
    "    greatest(0, extract(epoch from gone.claimed_at - gone.queued_at) * 1000)::bigint,\n"
    "    gone.claimed_at\n"
    "  from gone join f on f.id = gone.id),\n"
    "waited as (\n"
    "  delete from watch where execution_id = any (array(select id from gone))\n"
    "  returning execution_id),\n" RUNYARD_CLAIM
    "union all\n"
    "select 'recorded', gone.id, null, null, null, null, null, null, null,\n"
    "       coalesce((select case when $9 then pg_notify($10, execution_id::text) is null\n"
    "                        else true end\n"
    "                 from waited where execution_id = gone.id), false),\n"
    "       (extract(epoch from clock_timestamp()) * 1000000)::bigint, null\n"
    "from gone\n"
    "union all\n"
    "select 'clock', null, null, null, null, null, null, null, null, false,\n"
    "       (extract(epoch from clock_timestamp()) * 1000000)::bigint, null"};

#undef RUNYARD_CLAIM
#undef RUNYARD_FREE

// The same where somebody is to be told of an end. A statement of its own, since preparing for an
// insert costs 10 us even where there is nothing to insert.
const std::string kFinishCallAndClaimSql = [] {
  std::string sql = kFinishAndClaim.sql;
  sql.insert(sql.find("waited as ("),
             "called as (\n"
             "  insert into webhooks (execution_id, owner, url)\n"
             "  select id, owner, callback_url from gone where callback_url is not null),\n");
  return sql;
}();
const Statement kFinishCallAndClaim{"finish_call_and_claim", kFinishCallAndClaimSql.c_str()};

constexpr Statement kNotifyAll{
    "notify_all",
    "select set_config('synchronous_commit', 'off', true), pg_notify($1, id)\n"
    "from unnest($2::text[]) as id"};

constexpr Statement kHandBack{
    "hand_back",
    "update queue\n"
    "set worker = case when cancelled then worker end,\n"
    "    lease_until = case when cancelled then clock_timestamp() end,\n"
    "    attempt = case when cancelled then attempt else attempt - 1 end\n"
    "where id = any ($2::uuid[]) and worker = $1::uuid"};

constexpr Statement kRelease{"release",
                             "update queue\n"
                             "set worker = case when cancelled then worker end,\n"
                             "    lease_until = case when cancelled then clock_timestamp() end\n"
                             "where id = $2::uuid and worker = $1::uuid and attempt = $3"};

template <typename T>
void put_optional(json::Writer& writer, const char* name, const std::optional<T>& value) {
  if (value) writer.member(name, *value);
}

std::string finished_json(const std::vector<Finished>& finished) {
  json::Writer writer;
  writer.begin_array();
  for (const auto& [id, attempt, result] : finished) {
    writer.begin_object().member("id", id).member("attempt", attempt);
    writer.member("status", to_string(result.status));
    if (result.reason != Reason::kNone) writer.member("reason", to_string(result.reason));
    stored::put_text(writer, "message", result.message);  // it may quote a program
    writer.member("stdout", base64_encode(result.output));
    writer.member("stderr", base64_encode(result.errors));
    writer.member("stdout_truncated", result.output_truncated);
    writer.member("stderr_truncated", result.errors_truncated);
    put_optional(writer, "exit_code", result.exit_code);
    put_optional(writer, "signal", result.signal);
    put_optional(writer, "wall_ms", result.wall_ms);
    put_optional(writer, "cpu_ms", result.cpu_ms);
    put_optional(writer, "memory_kb", result.memory_kb);
    if (result.compile) writer.key("compile").raw(compile_to_json(*result.compile));
    if (!result.tests.empty()) writer.key("tests").raw(tests_to_json(result.tests));
    put_optional(writer, "score", result.score);
    if (!result.artifacts.empty()) writer.key("artifacts").raw(artifacts_to_json(result.artifacts));
    if (!result.output_order.empty()) {
      writer.key("output_order").begin_array();
      for (const int run : result.output_order) writer.integer(run);
      writer.end_array();
    }
    writer.member("sandbox_reused", result.sandbox_reused);
    stored::put_text(writer, "runtime", result.runtime);
    writer.end_object();
  }
  writer.end_array();
  return writer.text();
}

/// What no later try can change: data that does not fit, a broken invariant, a limit of the
/// server's.
bool refuses_for_ever(const pqxx::sql_error& e) {
  const auto kind = e.sqlstate().substr(0, 2);
  return kind == "22" || kind == "23" || kind == "54";
}

constexpr char kLimitExceeded[] = "54000";

pqxx::result finish_and_claim(DatabaseConnection& connection, const std::string& worker_id,
                              int want, const ClaimBounds::Range& range, const std::string& images,
                              int want_live, const std::vector<Finished>& finished, bool called,
                              bool notify) {
  try {
    return connection.exec(called ? kFinishCallAndClaim : kFinishAndClaim, worker_id, want,
                           range.low, images, want_live, range.newcomers_end, range.head,
                           finished_json(finished), notify, kDoneChannel);
  } catch (const pqxx::sql_error& e) {
    // The server's queue of notifications is full: no result shall be lost for a hint.
    if (notify && e.sqlstate() == kLimitExceeded)
      return finish_and_claim(connection, worker_id, want, range, images, want_live, finished,
                              called, false);
    if (refuses_for_ever(e)) throw ResultRefused(e.what());
    throw;
  }
}

}  // namespace

WorkQueue::WorkQueue(Database& database, std::string worker_id)
    : database_(database), worker_id_(std::move(worker_id)) {}

WorkQueue::Turn WorkQueue::turn(const std::vector<Finished>& finished, int want,
                                const std::vector<std::string>& images, int want_live) {
  const auto range = bounds_.range();
  const auto images_literal = array_literal(images);
  const bool called = any_called(finished);
  Turn turn;
  std::vector<std::string> watched;
  std::vector<std::string> to_be_called;
  std::int64_t now = 0;
  std::int64_t highest = 0;  // of the ordinary ones: live runs are found without the bound
  int ordinary = 0;
  const auto begun = std::chrono::steady_clock::now();
  database_.run([&](DatabaseConnection& connection) {
    turn = {};
    watched.clear();
    to_be_called.clear();
    highest = 0;
    ordinary = 0;
    const auto rows = finished.empty()
                          ? connection.exec(kClaim, worker_id_, want, range.low, images_literal,
                                            want_live, range.newcomers_end, range.head)
                          : finish_and_claim(connection, worker_id_, want, range, images_literal,
                                             want_live, finished, called, queue_was_empty_);
    for (const auto& row : rows) {
      const std::string kind = row["kind"].c_str();
      now = row["now"].as<std::int64_t>();
      if (kind == "claimed") {
        const bool live = row["live"].as<bool>();
        if (!live) {
          highest = std::max(highest, row["key"].as<std::int64_t>());
          ++ordinary;
        }
        if (row["called"].as<bool>()) to_be_called.emplace_back(row["id"].c_str());
        turn.claims.push_back({row["id"].c_str(), row["attempt"].as<int>(), row["owner"].c_str(),
                               row["request"].c_str(), live, row["followed"].as<bool>(),
                               std::max(0.0, row["waited"].as<double>(0))});
      } else if (kind == "recorded") {
        turn.recorded.emplace_back(row["id"].c_str());
        if (row["watched"].as<bool>()) watched.emplace_back(row["id"].c_str());
      }
    }
  });
  {
    const std::lock_guard lock(mutex_);
    for (const auto& one : finished) called_.erase(one.id);
    called_.insert(to_be_called.begin(), to_be_called.end());
  }
  if (want > 0) {
    const auto took = std::chrono::steady_clock::now() - begun;
    bounds_.claimed(now, ordinary, ordinary == want, highest,
                    std::chrono::duration_cast<std::chrono::microseconds>(took).count());
    queue_was_empty_ = ordinary < want;
  } else {
    bounds_.seen(now);
  }
  if (!watched.empty()) notify_done(watched);
  return turn;
}

bool WorkQueue::any_called(const std::vector<Finished>& finished) const {
  const std::lock_guard lock(mutex_);
  return std::any_of(finished.begin(), finished.end(),
                     [&](const Finished& one) { return called_.count(one.id) != 0; });
}

/// What was done before is done, whatever becomes of the hint: whoever waits also looks.
void WorkQueue::notify_done(const std::vector<std::string>& ids) {
  try {
    database_.run([&](DatabaseConnection& connection) {
      connection.exec(kNotifyAll, kDoneChannel, array_literal(ids));
    });
  } catch (const std::exception& e) {
    log::warn("an end could not be told of", {{"executions", ids.size()}, {"error", e.what()}});
  }
}

void WorkQueue::hand_back(const std::vector<std::string>& ids) {
  if (ids.empty()) return;
  database_.run([&](DatabaseConnection& connection) {
    connection.exec(kHandBack, worker_id_, array_literal(ids));
  });
  const std::lock_guard lock(mutex_);
  for (const auto& id : ids) called_.erase(id);
}

void WorkQueue::release(const std::string& id, int attempt) {
  database_.run(
      [&](DatabaseConnection& connection) { connection.exec(kRelease, worker_id_, id, attempt); });
  const std::lock_guard lock(mutex_);
  called_.erase(id);
}

}  // namespace runyard
