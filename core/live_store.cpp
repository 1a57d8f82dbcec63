#include "core/live_store.hpp"

#include <stdexcept>

#include "core/database_connection.hpp"
#include "core/listener.hpp"
#include "core/text.hpp"

namespace runyard {
namespace {

constexpr std::string_view kEventKinds[] = {"status", "stdout", "stderr", "test"};
constexpr std::string_view kInputKinds[] = {"stdin", "eof", "resize", "signal"};

// None of these waits for the disk: what a crash takes is in the result, or was typed in vain.
#define RUNYARD_HURRY \
  "with hurry as materialized (select set_config('synchronous_commit', 'off', true))"

constexpr Statement kPublish{
    "live_publish", RUNYARD_HURRY
    ",\n"
    "e as materialized (\n"
    "  select * from unnest($1::uuid[], $2::bigint[], $3::text[], $4::text[])\n"
    "    as e (execution_id, id, kind, data)),\n"
    "written as (\n"
    "  insert into live_output (execution_id, id, kind, data)\n"
    "  select execution_id, id, kind, decode(data, 'base64') from e, hurry\n"
    "  on conflict do nothing)\n"
    "select pg_notify($5, execution_id::text)\n"
    "from (select distinct execution_id from e) as distinct_ids"};

constexpr Statement kInput{"live_input",
                           "select id, kind, data from live_input\n"
                           "where execution_id = $1::uuid and id > $2\n"
                           "order by id\n"
                           "limit 16"};

constexpr Statement kForgetInput{
    "live_forget_input", RUNYARD_HURRY
    "\ndelete from live_input using hurry where execution_id = $1::uuid and id <= $2"};

constexpr Statement kTidyOutput{
    "live_tidy_output", RUNYARD_HURRY
    "\ndelete from live_output using hurry where at < clock_timestamp() - interval '10 min'"};

// The minute is for those that are being submitted.
constexpr Statement kTidyInput{
    "live_tidy_input", RUNYARD_HURRY
    "\ndelete from live_input using hurry\n"
    "where at < clock_timestamp() - interval '1 min'\n"
    "  and not exists (select from queue where queue.id = live_input.execution_id)"};

constexpr Statement kFollow{"live_follow", RUNYARD_HURRY
                            ",\n"
                            "told as (\n"
                            "  update queue set followed = true from hurry\n"
                            "  where id = $1::uuid and not followed\n"
                            "  returning worker)\n"
                            "select pg_notify($2, $1::text) from told where worker is not null"};

constexpr Statement kFollowed{"live_followed",
                              "select from queue where id = $1::uuid and followed"};

constexpr Statement kEvents{"live_events",
                            "select id, kind, data from live_output\n"
                            "where execution_id = $1::uuid and id > $2\n"
                            "order by id\n"
                            "limit 16"};

constexpr Statement kStates{
    "live_states",
    "select i.id,\n"
    "       coalesce((select max(o.id) from live_output o where o.execution_id = i.id), 0),\n"
    "       not exists (select from queue where queue.id = i.id)\n"
    "from unnest($1::uuid[]) as i (id)"};

// One at a time for each execution, so that ids are committed in their order: the worker goes on
// from the highest that it has seen. A row counts 64 bytes more than it holds, since a million of
// one byte each would be no less of a burden.
constexpr Statement kPutInput{
    "live_put_input",
    "with hurry as materialized (\n"
    "  select set_config('synchronous_commit', 'off', true),\n"
    "         pg_advisory_xact_lock(hashtextextended('runyard input ' || $1, 0))),\n"
    "run as materialized (\n"
    "  select worker, (select coalesce(sum(length(data) + 64), 0) from live_input\n"
    "                  where execution_id = $1::uuid)\n"
    "    + length(decode($3, 'base64')) + 64 <= $4 as room\n"
    "  from hurry join queue on id = $1::uuid and live_key is not null),\n"
    "written as (\n"
    "  insert into live_input (execution_id, kind, data)\n"
    "  select $1::uuid, $2, decode($3, 'base64') from run where room\n"
    "  returning 1)\n"
    "select room, case when room and worker is not null then pg_notify($5, $1::text) end from run"};

constexpr Statement kHold{"live_hold",
                          "with held as (\n"
                          "  insert into live_runs (execution_id, gateway)\n"
                          "  select id, $2::uuid from unnest($1::uuid[]) as held (id)\n"
                          "  on conflict (execution_id) do update\n"
                          "  set gateway = excluded.gateway, seen_at = clock_timestamp())\n"
                          "select (extract(epoch from clock_timestamp()) * 1000)::bigint"};

constexpr Statement kOwner{"live_owner", "select owner from executions where id = $1::uuid"};

constexpr Statement kLetGo{"live_let_go", "delete from live_runs where execution_id = $1::uuid"};

// One that was seen in the future belongs to a gateway that died before the server's clock was set
// back, or to one that is about to renew it: from now on it has as long as any.
constexpr Statement kTakeAbandoned{
    "live_take_abandoned",
    "with looked as materialized (\n"
    "  select to_timestamp($1 / 1000.0) as at),\n"
    "future as (\n"
    "  update live_runs set seen_at = clock_timestamp()\n"
    "  from looked where seen_at > looked.at + interval '20 s'),\n"
    "gone as (\n"
    "  delete from live_runs using looked where seen_at < looked.at - interval '20 s'\n"
    "    and (seen_at < looked.at - interval '10 min'\n"
    "         or exists (select from executions where id = live_runs.execution_id))\n"
    "  returning execution_id)\n"
    "select e.id, e.owner from gone join executions e on e.id = gone.execution_id"};

#undef RUNYARD_HURRY

template <typename Kind, std::size_t N>
Kind kind_from(const std::string_view (&names)[N], const std::string& name) {
  for (std::size_t i = 0; i < N; ++i)
    if (names[i] == name) return static_cast<Kind>(i);
  throw std::runtime_error("unknown kind of live data: " +
                           name);  // the tables' CHECKs know no other
}

}  // namespace

std::string_view to_string(LiveEventKind kind) { return kEventKinds[static_cast<int>(kind)]; }
std::string_view to_string(LiveInputKind kind) { return kInputKinds[static_cast<int>(kind)]; }

void LiveStore::publish(const std::vector<LiveEvents>& batch) {
  std::vector<std::string> executions;
  std::vector<std::string> ids;
  std::vector<std::string> kinds;
  std::vector<std::string> data;
  for (const auto& [execution_id, events] : batch) {
    for (const auto& event : events) {
      executions.push_back(execution_id);
      ids.push_back(std::to_string(event.id));
      kinds.emplace_back(to_string(event.kind));
      data.push_back(base64_encode(event.data));
    }
  }
  if (ids.empty()) return;
  database_.run([&](DatabaseConnection& connection) {
    connection.exec(kPublish, array_literal(executions), array_literal(ids), array_literal(kinds),
                    array_literal(data), kOutputChannel);
  });
}

std::vector<LiveInput> LiveStore::input(const std::string& execution_id, std::int64_t after) {
  std::vector<LiveInput> found;
  database_.run([&](DatabaseConnection& connection) {
    found.clear();
    for (const auto& row : connection.exec(kInput, execution_id, after))
      found.push_back({row[0].as<std::int64_t>(),
                       kind_from<LiveInputKind>(kInputKinds, row[1].c_str()), bytes_of(row[2])});
  });
  return found;
}

void LiveStore::forget_input(const std::string& execution_id, std::int64_t up_to) {
  database_.run(
      [&](DatabaseConnection& connection) { connection.exec(kForgetInput, execution_id, up_to); });
}

void LiveStore::tidy() {
  database_.run([&](DatabaseConnection& connection) {
    connection.exec(kTidyOutput);
    connection.exec(kTidyInput);
  });
}

void LiveStore::follow(const std::string& execution_id) {
  database_.run([&](DatabaseConnection& connection) {
    connection.exec(kFollow, execution_id, kLiveChannel);
  });
}

bool LiveStore::followed(const std::string& execution_id) {
  bool followed = false;
  database_.run([&](DatabaseConnection& connection) {
    followed = !connection.exec(kFollowed, execution_id).empty();
  });
  return followed;
}

std::vector<LiveEvent> LiveStore::events(const std::string& execution_id, std::int64_t after) {
  std::vector<LiveEvent> found;
  database_.run([&](DatabaseConnection& connection) {
    found.clear();
    for (const auto& row : connection.exec(kEvents, execution_id, after))
      found.push_back({row[0].as<std::int64_t>(),
                       kind_from<LiveEventKind>(kEventKinds, row[1].c_str()), bytes_of(row[2])});
  });
  return found;
}

std::vector<LiveState> LiveStore::states(const std::vector<std::string>& execution_ids) {
  std::vector<LiveState> found;
  database_.run([&](DatabaseConnection& connection) {
    found.clear();
    for (const auto& row : connection.exec(kStates, array_literal(execution_ids)))
      found.push_back({row[0].c_str(), row[1].as<std::int64_t>(), row[2].as<bool>()});
  });
  return found;
}

PutInput LiveStore::put_input(const std::string& execution_id, LiveInputKind kind,
                              std::string_view data) {
  auto outcome = PutInput::kOver;
  database_.run([&](DatabaseConnection& connection) {
    const auto rows = connection.exec(kPutInput, execution_id, std::string(to_string(kind)),
                                      base64_encode(data), kMaxWaitingInput, kLiveChannel);
    outcome = rows.empty()            ? PutInput::kOver
              : rows[0][0].as<bool>() ? PutInput::kTaken
                                      : PutInput::kFull;
  });
  return outcome;
}

void LiveStore::hold(const std::string& execution_id, const std::string& gateway) {
  renew(gateway, {execution_id});
}

std::string LiveStore::owner(const std::string& execution_id) {
  std::string owner;
  database_.run([&](DatabaseConnection& connection) {
    const auto rows = connection.exec(kOwner, execution_id);
    owner = rows.empty() ? "" : rows[0][0].c_str();
  });
  return owner;
}

void LiveStore::let_go(const std::string& execution_id) {
  database_.run([&](DatabaseConnection& connection) { connection.exec(kLetGo, execution_id); });
}

std::int64_t LiveStore::renew(const std::string& gateway,
                              const std::vector<std::string>& execution_ids) {
  std::int64_t server_ms = 0;
  database_.run([&](DatabaseConnection& connection) {
    server_ms =
        connection.exec(kHold, array_literal(execution_ids), gateway)[0][0].as<std::int64_t>();
  });
  return server_ms;
}

std::vector<AbandonedRun> LiveStore::take_abandoned(std::int64_t server_ms) {
  std::vector<AbandonedRun> found;
  database_.run([&](DatabaseConnection& connection) {
    found.clear();
    for (const auto& row : connection.exec(kTakeAbandoned, server_ms))
      found.push_back({row[0].c_str(), row[1].c_str()});
  });
  return found;
}

}  // namespace runyard
