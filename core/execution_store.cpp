#include "core/execution_store.hpp"

#include <algorithm>
#include <string_view>

#include "core/database_connection.hpp"
#include "core/errors.hpp"
#include "core/listener.hpp"
#include "core/log.hpp"
#include "core/quota_charge.hpp"
#include "core/text.hpp"

namespace runyard {
namespace {

// The queue's order key: the owner's last key plus a step, or now, whichever is later; see
// sql/README.md. A last key that now is beyond changes nothing, and is not looked for among the
// entries of what this owner has finished. The last statement of each asks for idle workers, so
// that a NOTIFY is sent only when somebody listens.
#define RUNYARD_INSERT_QUEUE                                                                     \
  "  insert into queue (id, owner, priority, language, followed, callback_url, key, live_key)\n" \
  "  select $1::uuid, $2, $7, $14, $15, $16, place.key, case when $15 then place.key end\n"      \
  "  from (select\n"                                                                             \
  "         greatest(\n"                                                                         \
  "           coalesce((select max(key) from queue where owner = $2 and priority = $7\n"         \
  "                       and key > (extract(epoch from statement_timestamp()) * "               \
  "1000000)::bigint\n"                                                                           \
  "             + case $7 when 'high' then 0 when 'normal' then 10000000 else 60000000 end\n"    \
  "                         - 100000)\n"                                                         \
  "                    + 100000, 0),\n"                                                          \
  "           (extract(epoch from clock_timestamp()) * 1000000)::bigint\n"                       \
  "             + case $7 when 'high' then 0 when 'normal' then 10000000 else 60000000 end)\n"   \
  "         as key) as place\n"

constexpr Statement kSubmit{
    "submit",
    "with e as (\n"
    "  insert into executions (id, owner, language, version, project_id, isolation, request,\n"
    "    origin, session_id, problem_id, listed)\n"
    "  values ($1::uuid, $2, $3, $4, $5, $6, $8::json, $10, $11::uuid, $12::uuid, $13)),\n"
    "q as (\n" RUNYARD_INSERT_QUEUE
    "),\n"
    "w as (insert into watch select $1::uuid where $9)\n"
    "select true, exists (select from idle_workers)"};

constexpr Statement kSubmitOnce{
    "submit_once",
    "with slot as (\n"
    "  insert into idempotency (owner, key, execution_id, digest)\n"
    "  values ($2, $17, $1::uuid, $18)\n"
    "  on conflict do nothing\n"
    "  returning 1),\n"
    "e as (\n"
    "  insert into executions (id, owner, language, version, project_id, isolation, request,\n"
    "    origin, session_id, problem_id, listed)\n"
    "  select $1::uuid, $2, $3, $4, $5, $6, $8::json, $10, $11::uuid, $12::uuid, $13\n"
    "  from slot),\n"
    "q as (\n" RUNYARD_INSERT_QUEUE
    "  , slot),\n"
    "w as (insert into watch select $1::uuid from slot where $9)\n"
    "select exists (select from slot), exists (select from idle_workers)"};

#undef RUNYARD_INSERT_QUEUE

constexpr Statement kIdempotent{
    "idempotent", "select execution_id, digest from idempotency where owner = $1 and key = $2"};

// A transaction that notifies writes a commit record; nothing is lost with it, so nobody waits for
// the disk.
constexpr Statement kNotify{
    "notify", "select set_config('synchronous_commit', 'off', true), pg_notify($1, $2)"};

#define RUNYARD_TIME(column) \
  "to_char(" column " at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"') as " column

// Of one that is larger than $3 nothing large is given: `weight` says what it would be, and is
// worked out once.
constexpr Statement kFind{
    "find",
    "with e as materialized (\n"
    "  select *, coalesce(octet_length(stdout), 0) + coalesce(octet_length(stderr), 0)\n"
    "    + coalesce(octet_length(message), 0) + coalesce(octet_length(compile::text), 0)\n"
    "    + coalesce(octet_length(tests::text), 0) + coalesce(octet_length(artifacts::text), 0)\n"
    "    as weight\n"
    "  from find_execution($1::uuid, $2))\n"
    "select id, status, language, version, project_id, isolation, attempt, queue_ms, reason,\n"
    "       weight, case when weight <= $3::bigint then message end as message,\n"
    "       case when weight <= $3::bigint then stdout end as stdout,\n"
    "       case when weight <= $3::bigint then stderr end as stderr,\n"
    "       stdout_truncated, stderr_truncated, exit_code, signal, wall_ms, cpu_ms, memory_kb,\n"
    "       case when weight <= $3::bigint then compile end as compile,\n"
    "       case when weight <= $3::bigint then tests end as tests, score,\n"
    "       case when weight <= $3::bigint then artifacts end as artifacts,\n"
    "       sandbox_reused, runtime, origin, session_id, problem_id, output_order,\n"
    "       " RUNYARD_TIME("created_at") ", " RUNYARD_TIME("started_at") ", "
    RUNYARD_TIME("finished_at") "\n"
    "from e"};

// One output of a compilation, cut: as text, or what is no text in base64.
#define RUNYARD_CUT_OUTPUT(name)                                \
  "case json_typeof(compile->'" name                            \
  "')\n"                                                        \
  "           when 'object' then json_build_object('base64',\n" \
  "             left(compile->'" name                           \
  "'->>'base64', 5464))\n"                                      \
  "           when 'string' then to_json(left(compile->>'" name "', 4096)) end"

constexpr Statement kList{
    "list",
    "select id, status, language, version, project_id, isolation, attempt, queue_ms,\n"
    "       reason, left(message, 4096) as message,\n"
    "       substr(stdout, 1, 4096) as stdout, substr(stderr, 1, 4096) as stderr,\n"
    "       stdout_truncated or length(stdout) > 4096 as stdout_truncated,\n"
    "       stderr_truncated or length(stderr) > 4096 as stderr_truncated, exit_code, signal,\n"
    "       wall_ms, cpu_ms, memory_kb,\n"
    "       case when octet_length(compile::text) <= 4096 then compile\n"
    "            when compile is not null then json_build_object(\n"
    "         'status', compile->'status', 'exit_code', compile->'exit_code',\n"
    "         'wall_ms', compile->'wall_ms', 'cached', compile->'cached',\n"
    "         'stdout', " RUNYARD_CUT_OUTPUT("stdout") ",\n"
    "         'stderr', " RUNYARD_CUT_OUTPUT("stderr") ") end as compile,\n"
    "       null as tests, score, null as artifacts,\n"
    "       sandbox_reused, runtime,\n"
    "       origin, session_id, problem_id, output_order,\n"
    "       " RUNYARD_TIME("created_at") ", " RUNYARD_TIME("started_at") ", "
    RUNYARD_TIME("finished_at") "\n"
    "from execution\n"
    "where owner = $1 and listed\n"
    "  and ($2::uuid is null or id < $2::uuid)\n"
    "  and ($3 = '' or language = $3)\n"
    "  and ($4 = '' or status = $4)\n"
    "  and ($5 = '' or project_id = $5)\n"
    "  and ($6::timestamptz is null or created_at >= $6::timestamptz\n"
    "       and id >= uuid7_floor($6::timestamptz - interval '1 min'))\n"
    "  and ($7::timestamptz is null or created_at < $7::timestamptz\n"
    "       and id < uuid7_floor($7::timestamptz + interval '1 min'))\n"
    "  and ($9 = '' or origin = $9)\n"
    "  and ($10::uuid is null or session_id = $10::uuid)\n"
    "  and ($11::uuid is null or problem_id = $11::uuid)\n"
    "order by id desc\n"
    "limit $8"};

#undef RUNYARD_CUT_OUTPUT
#undef RUNYARD_TIME

constexpr Statement kFindSubmission{
    "find_submission",
    "with e as materialized (\n"
    "  select request, octet_length(request::text) as weight\n"
    "  from executions where id = $1::uuid and owner = $2)\n"
    "select case when weight <= $3::bigint then request end, weight from e"};

// Of a value `c` the range from $4 (below 0: from its end) of $5 bytes.
#define RUNYARD_RANGE                                      \
  "octet_length(c), substr(c, (case when $4::bigint < 0\n" \
  "    then greatest(octet_length(c) + $4::bigint, 0)\n"   \
  "    else least($4::bigint, octet_length(c)) end)::integer + 1, $5::integer)"

constexpr Statement kFindOutput{
    "find_output",
    "select status, " RUNYARD_RANGE
    ", null\n"
    "from (select status, case $3::text when 'stdout' then stdout else stderr end as c\n"
    "      from find_execution($1::uuid, $2)) as e"};

// Nothing but the one file leaves the server. "limit" keeps it from being decoded once for each
// mention.
constexpr Statement kFindArtifact{
    "find_artifact",
    "select status, " RUNYARD_RANGE
    ", error\n"
    "from find_execution($1::uuid, $2) as e left join lateral (\n"
    "  select a->>'error' as error, case json_typeof(a->'content')\n"
    "    when 'object' then decode(a->'content'->>'base64', 'base64')\n"
    "    when 'string' then convert_to(a->>'content', 'UTF8') end as c\n"
    "  from json_array_elements(e.artifacts) as a where a->>'name' = $3::text limit 1) as one\n"
    "  on true"};

#undef RUNYARD_RANGE

constexpr Statement kWatch{"watch", "insert into watch values ($1::uuid) on conflict do nothing"};

// Ends a queued one; marks a running one. The row's lock settles the race with a claim, the primary
// key of results the one with a finish.
constexpr Statement kCancel{
    "cancel",
    "with gone as (\n"
    "  delete from queue\n"
    "  where id = $1::uuid and owner = $2 and worker is null\n"
    "  returning id, owner, attempt, queued_at, callback_url),\n"
    "ended as (\n"
    "  insert into results (execution_id, status, reason, message, attempt, queue_ms)\n"
    "  select id, 'CANCELLED', 'CANCELLED', 'cancelled before it ran', attempt,\n"
    "         (extract(epoch from clock_timestamp() - queued_at) * 1000)::bigint\n"
    "  from gone),\n"
    "called as (\n"
    "  insert into webhooks (execution_id, owner, url)\n"
    "  select id, owner, callback_url from gone where callback_url is not null),\n"
    "asked as (\n"
    "  update queue set cancelled = true\n"
    "  where id = $1::uuid and owner = $2 and worker is not null\n"
    "  returning id),\n"
    "waited as (delete from watch using gone where watch.execution_id = gone.id returning 1)\n"
    "select exists (select from gone), exists (select from asked), exists (select from waited),\n"
    "       exists (select from executions where id = $1::uuid and owner = $2),\n"
    "       exists (select from queue where id = $1::uuid and owner = $2)"};

constexpr Statement kRemove{
    "remove",
    "with over as (\n"
    "  select e.id from executions e\n"
    "  where e.id = $1::uuid and e.owner = $2\n"
    "    and exists (select from results r where r.execution_id = e.id)),\n"
    "r as (delete from results using over where results.execution_id = over.id),\n"
    "i as (delete from idempotency using over\n"
    "      where idempotency.owner = $2 and idempotency.execution_id = over.id),\n"
    "h as (delete from webhooks using over where webhooks.execution_id = over.id),\n"
    "e as (delete from executions using over where executions.id = over.id returning 1)\n"
    "select exists (select from e),\n"
    "       exists (select from executions where id = $1::uuid and owner = $2)"};

constexpr Statement kFleet{
    "fleet",
    "select (select count(*) from workers where seen_at > clock_timestamp() - interval '15 s'),\n"
    "       (select string_agg(distinct image, ' ') from workers, unnest(images) as image\n"
    "        where seen_at > clock_timestamp() - interval '15 s'),\n"
    "       (select count(*) from (select from queue limit $1) as q),\n"
    "       exists (select from workers where sandbox = 'local'\n"
    "               and seen_at > clock_timestamp() - interval '15 s'),\n"
    "       (select count(*) from workers\n"
    "        where draining and seen_at > clock_timestamp() - interval '15 s'),\n"
    "       exists (select from workers where not draining and running < slots\n"
    "               and seen_at > clock_timestamp() - interval '15 s'),\n"
    "       current_setting('transaction_read_only')::boolean"};

// The conditions stand outside, where no statistics of theirs can talk the planner out of the
// index, and no long run of what does not fit costs more than this many rows. A program whose
// workers are all full or drained waits with good reason, whoever else is idle.
constexpr Statement kNextWaiting{
    "next_waiting",
    "select id from (\n"
    "  select id, key, worker, cancelled, language, live_key from queue order by key limit 1000\n"
    ") as q\n"
    "where live_key is null and worker is null and not cancelled\n"
    "  and language = any ($1::text[])\n"
    "  and language = any (array(\n"
    "    select unnest(images) from workers where not draining and running < slots\n"
    "    and seen_at > clock_timestamp() - interval '15 s'))\n"
    "order by key limit 1"};

constexpr std::size_t kListedBytes = 4096;  // of each output, in lists
constexpr std::int64_t kAnySize = std::int64_t{1} << 62;

/// An array of integers, "{1,-2}".
std::vector<int> integers_of(const pqxx::field& field) {
  std::vector<int> numbers;
  const std::string text = text_of(field);
  for (std::size_t at = 1; at + 1 < text.size();) {
    const auto end = std::min(text.find(',', at), text.size() - 1);
    numbers.push_back(std::stoi(text.substr(at, end - at)));
    at = end + 1;
  }
  return numbers;
}

Result read_result(const pqxx::row& row, Status status) {
  Result result;
  result.status = status;
  result.reason = reason_from(text_of(row["reason"])).value_or(Reason::kNone);
  result.message = text_of(row["message"]);
  result.output = bytes_of(row["stdout"]);
  result.errors = bytes_of(row["stderr"]);
  result.output_order = integers_of(row["output_order"]);
  result.output_truncated = row["stdout_truncated"].as<bool>(false);
  result.errors_truncated = row["stderr_truncated"].as<bool>(false);
  result.exit_code = optional_field<int>(row["exit_code"]);
  result.signal = optional_field<int>(row["signal"]);
  result.wall_ms = optional_field<std::int64_t>(row["wall_ms"]);
  result.cpu_ms = optional_field<std::int64_t>(row["cpu_ms"]);
  result.memory_kb = optional_field<std::int64_t>(row["memory_kb"]);
  if (!row["compile"].is_null()) result.compile = compile_from_json(text_of(row["compile"]));
  if (!row["tests"].is_null()) result.tests = tests_from_json(text_of(row["tests"]));
  result.score = optional_field<double>(row["score"]);
  if (!row["artifacts"].is_null())
    result.artifacts = artifacts_from_json(text_of(row["artifacts"]));
  result.sandbox_reused = row["sandbox_reused"].as<bool>(false);
  result.runtime = text_of(row["runtime"]);
  return result;
}

Execution read_execution(const pqxx::row& row, const std::string& owner) {
  Execution execution;
  execution.id = text_of(row["id"]);
  execution.owner = owner;
  execution.status = status_from(text_of(row["status"])).value();
  execution.language = text_of(row["language"]);
  execution.version = text_of(row["version"]);
  execution.project_id = text_of(row["project_id"]);
  execution.origin = origin_from(text_of(row["origin"])).value();
  execution.session_id = text_of(row["session_id"]);
  execution.problem_id = text_of(row["problem_id"]);
  execution.isolation = isolation_from(text_of(row["isolation"])).value();
  execution.attempt = row["attempt"].as<int>(0);
  execution.queue_ms = optional_field<std::int64_t>(row["queue_ms"]);
  execution.created_at = text_of(row["created_at"]);
  execution.started_at = optional_field<std::string>(row["started_at"]);
  execution.finished_at = optional_field<std::string>(row["finished_at"]);
  if (is_terminal(execution.status)) execution.result = read_result(row, execution.status);
  return execution;
}

/// What inserting came to.
struct Inserted {
  bool created;  ///< false: the idempotency key was there already
  bool idle;     ///< some worker waits to be woken
};

pqxx::connection& prepared_for(DatabaseConnection& connection, const NewExecution& execution) {
  connection.prepare(execution.idempotency_key.empty() ? kSubmit : kSubmitOnce);
  return connection.raw();
}

Inserted insert(pqxx::transaction_base& transaction, const NewExecution& execution,
                const std::string& request) {
  const auto& s = execution.submission;
  const std::string isolation(to_string(s.isolation));
  const std::string priority(to_string(s.priority));
  const std::string origin(to_string(execution.origin));
  const auto session = null_if_empty(execution.session_id);
  const auto problem = null_if_empty(execution.problem_id);
  const auto callback = null_if_empty(execution.callback_url);
  const auto& image = execution.image.empty() ? s.language : execution.image;
  const bool live = s.live.has_value();
  const auto rows =
      execution.idempotency_key.empty()
          ? exec_prepared(transaction, kSubmit.name, execution.id, execution.owner, s.language,
                          s.version, s.project_id, isolation, priority, request, execution.watched,
                          origin, session, problem, execution.listed, image, live, callback)
          : exec_prepared(transaction, kSubmitOnce.name, execution.id, execution.owner, s.language,
                          s.version, s.project_id, isolation, priority, request, execution.watched,
                          origin, session, problem, execution.listed, image, live, callback,
                          execution.idempotency_key, execution.idempotency_digest);
  return {rows[0][0].as<bool>(), rows[0][1].as<bool>()};
}

bool has_live_quota(const NewExecution& execution) {
  return execution.submission.live && execution.quota.live > 0;
}

/// Counts and inserts in one transaction, or does neither.
std::optional<QuotaExceeded> insert_within_quota(DatabaseConnection& connection,
                                                 const NewExecution& execution,
                                                 const std::string& request, Inserted& inserted) {
  prepare_charge(connection);
  pqxx::work transaction(prepared_for(connection, execution));
  const auto& quota = execution.quota;
  if (quota.any())
    if (auto refused = charge(transaction, execution.owner, quota)) return refused;
  if (has_live_quota(execution))
    if (auto refused = charge_live(transaction, execution.owner, execution.id, quota.live))
      return refused;
  inserted = insert(transaction, execution, request);
  if (!inserted.created) return std::nullopt;  // a repetition: nothing was used up
  try {
    transaction.commit();
  } catch (const pqxx::in_doubt_error& e) {
    // Once more: if it was committed, its id is there.
    throw pqxx::broken_connection(e.what());
  }
  return std::nullopt;
}

/// After what it tells of was committed: that is done, whatever becomes of the hint. The server's
/// queue of notifications may be full; whoever waits also looks.
void tell(DatabaseConnection& connection, const char* channel, const std::string& payload) {
  try {
    connection.exec(kNotify, channel, payload);
  } catch (const pqxx::sql_error& e) {
    log::warn("a notification was not sent", {{"channel", channel}, {"error", e.what()}});
  }
}

}  // namespace

SubmitOutcome ExecutionStore::submit(const NewExecution& execution) {
  const std::string request = to_json(execution.submission);
  SubmitOutcome outcome = Submitted{execution.id, true};
  database_.run([&](DatabaseConnection& connection) {
    outcome = Submitted{execution.id, true};
    Inserted inserted{true, true};
    try {
      if (!execution.quota.any() && !has_live_quota(execution)) {
        pqxx::nontransaction alone(prepared_for(connection, execution));
        inserted = insert(alone, execution, request);
      } else if (auto refused = insert_within_quota(connection, execution, request, inserted)) {
        outcome = std::move(*refused);
      }
    } catch (const pqxx::unique_violation&) {
      // The id is the caller's own: an earlier try was committed although its answer was lost.
    }
    const bool refused = std::holds_alternative<QuotaExceeded>(outcome);
    if (inserted.created && !refused) {
      // A worker whose slots are all busy is not idle, but has others for live runs.
      if (inserted.idle || execution.submission.live) tell(connection, kWorkChannel, "");
      return;
    }
    if (execution.idempotency_key.empty()) return;
    const auto known = connection.exec(kIdempotent, execution.owner, execution.idempotency_key);
    if (known.empty()) {
      if (refused) return;
      // Gone since: the key's day is over. The caller's next try makes a new one.
      throw DatabaseUnavailable("the idempotency key has just expired");
    }
    const auto id = text_of(known[0][0]);
    if (text_of(known[0][1]) != execution.idempotency_digest)
      outcome = IdempotencyConflict{};
    else
      outcome = Submitted{id, id == execution.id};
  });
  return outcome;
}

std::optional<Execution> ExecutionStore::find(const std::string& id, const std::string& owner,
                                              const AdmitLarge& admit) {
  std::optional<Execution> found;
  std::int64_t weight = 0;
  const auto read_up_to = [&](std::int64_t most) {
    database_.run([&](DatabaseConnection& connection) {
      found.reset();
      const auto rows = connection.exec(kFind, id, owner, most);
      if (rows.empty()) return;
      weight = rows[0]["weight"].as<std::int64_t>();
      if (weight <= most) found = read_execution(rows[0], owner);
    });
  };
  read_up_to(admit ? kSmallResultBytes : kAnySize);
  if (!admit || found || weight == 0) return found;
  admit(static_cast<std::size_t>(weight));
  read_up_to(kAnySize);
  return found;
}

std::optional<Submission> ExecutionStore::find_submission(const std::string& id,
                                                          const std::string& owner,
                                                          const AdmitLarge& admit) {
  std::optional<Submission> found;
  std::int64_t weight = 0;
  const auto read_up_to = [&](std::int64_t most) {
    database_.run([&](DatabaseConnection& connection) {
      found.reset();
      const auto rows = connection.exec(kFindSubmission, id, owner, most);
      if (rows.empty()) return;
      weight = rows[0][1].as<std::int64_t>();
      if (weight <= most) found = submission_from_json(text_of(rows[0][0]));
    });
  };
  read_up_to(admit ? kSmallResultBytes : kAnySize);
  if (!admit || found || weight == 0) return found;
  admit(static_cast<std::size_t>(weight));
  read_up_to(kAnySize);
  return found;
}

std::optional<StoredPart> ExecutionStore::find_part(const std::string& id, const std::string& owner,
                                                    ExecutionPart part, const std::string& name,
                                                    const PartRange& range) {
  const bool artifact = part == ExecutionPart::kArtifact;
  const std::string which = artifact ? name : part == ExecutionPart::kStdout ? "stdout" : "stderr";
  std::optional<StoredPart> found;
  database_.run([&](DatabaseConnection& connection) {
    found.reset();
    const auto rows = connection.exec(artifact ? kFindArtifact : kFindOutput, id, owner, which,
                                      range.from, range.length);
    if (rows.empty()) return;
    auto& stored = found.emplace();
    stored.status = status_from(text_of(rows[0][0])).value();
    stored.present = !rows[0][1].is_null();
    stored.size = rows[0][1].as<std::int64_t>(0);
    stored.bytes = bytes_of(rows[0][2]);
    stored.error = text_of(rows[0][3]);
  });
  return found;
}

std::vector<Execution> ExecutionStore::list(const std::string& owner, const ListFilter& filter) {
  std::vector<Execution> found;
  database_.run([&](DatabaseConnection& connection) {
    found.clear();
    const auto rows =
        connection.exec(kList, owner, null_if_empty(filter.before), filter.language,
                        std::string(filter.status ? to_string(*filter.status) : ""),
                        filter.project_id, null_if_empty(filter.since), null_if_empty(filter.until),
                        filter.limit, std::string(filter.origin ? to_string(*filter.origin) : ""),
                        null_if_empty(filter.session_id), null_if_empty(filter.problem_id));
    for (const auto& row : rows) {
      auto& execution = found.emplace_back(read_execution(row, owner));
      if (!execution.result || !execution.result->compile) continue;
      auto& compile = *execution.result->compile;
      for (auto* output : {&compile.output, &compile.errors})
        output->resize(std::min(output->size(), kListedBytes));
    }
  });
  return found;
}

void ExecutionStore::watch(const std::string& id) {
  database_.run([&](DatabaseConnection& connection) { connection.exec(kWatch, id); });
}

CancelOutcome ExecutionStore::cancel(const std::string& id, const std::string& owner) {
  auto outcome = CancelOutcome::kNotFound;
  database_.run([&](DatabaseConnection& connection) {
    auto row = connection.exec(kCancel, id, owner)[0];
    bool gone = row[0].as<bool>();
    bool asked = row[1].as<bool>();
    // The statement saw it in the queue, but a claim or a finish that was under way came first, and
    // a row is either free or claimed as the statement began. The next one sees what has become of
    // it; two claims do not follow each other within the time of two statements but in a broken
    // fleet.
    for (int again = 0; again < 3 && !gone && !asked && row[4].as<bool>(); ++again) {
      row = connection.exec(kCancel, id, owner)[0];
      gone = row[0].as<bool>();
      asked = row[1].as<bool>();
    }
    if (gone) {
      outcome = CancelOutcome::kCancelled;
      if (row[2].as<bool>()) tell(connection, kDoneChannel, id);
    } else if (asked) {
      outcome = CancelOutcome::kRequested;
      tell(connection, kCancelChannel, id);
    } else {
      outcome = row[3].as<bool>() ? CancelOutcome::kAlreadyTerminal : CancelOutcome::kNotFound;
    }
  });
  return outcome;
}

DeleteOutcome ExecutionStore::remove(const std::string& id, const std::string& owner) {
  auto outcome = DeleteOutcome::kNotFound;
  database_.run([&](DatabaseConnection& connection) {
    const auto rows = connection.exec(kRemove, id, owner);
    if (rows[0][0].as<bool>())
      outcome = DeleteOutcome::kDeleted;
    else
      outcome = rows[0][1].as<bool>() ? DeleteOutcome::kNotTerminal : DeleteOutcome::kNotFound;
  });
  return outcome;
}

Fleet ExecutionStore::fleet(std::int64_t count_up_to) {
  Fleet fleet;
  database_.run([&](DatabaseConnection& connection) {
    fleet = {};
    const auto rows = connection.exec(kFleet, count_up_to);
    fleet.live_workers = rows[0][0].as<int>();
    const auto images = text_of(rows[0][1]);
    for (std::size_t at = 0; at < images.size();) {
      const auto end = std::min(images.find(' ', at), images.size());
      fleet.images.insert(images.substr(at, end - at));
      at = end + 1;
    }
    fleet.queued = rows[0][2].as<std::int64_t>();
    fleet.local = rows[0][3].as<bool>();
    fleet.draining_workers = rows[0][4].as<int>();
    fleet.room = rows[0][5].as<bool>();
    fleet.read_only = rows[0][6].as<bool>();
  });
  return fleet;
}

std::string ExecutionStore::next_waiting(const std::set<std::string>& images) {
  const auto wanted = array_literal({images.begin(), images.end()});
  std::string id;
  database_.run([&](DatabaseConnection& connection) {
    const auto rows = connection.exec(kNextWaiting, wanted);
    id = rows.empty() ? std::string() : rows[0][0].c_str();
  });
  return id;
}

}  // namespace runyard
