#include "core/admin_history_store.hpp"

#include <stdexcept>

#include "core/database_connection.hpp"

namespace runyard {
namespace {

constexpr char kLockNotAvailable[] = "55P03";  // after lock_timeout

#define RUNYARD_MONTHS                                                                        \
  "from pg_inherits i\n"                                                                      \
  "join pg_class c on c.oid = i.inhrelid\n"                                                   \
  "cross join lateral (select substr(c.relname, length('executions_') + 1) as suffix) as s\n" \
  "where i.inhparent = 'executions'::regclass\n"

constexpr Statement kMonths{
    "admin_months",
    "select replace(suffix, '_', '-'), c.reltuples::bigint, pg_total_relation_size(c.oid),\n"
    "       coalesce(pg_total_relation_size(to_regclass('results_' || suffix)), 0)\n" RUNYARD_MONTHS
    "order by 1"};

constexpr Statement kMakeMonths{"admin_make_months",
                                "select ensure_partitions(clock_timestamp(), $1)"};

constexpr Statement kDaysAgo{"admin_days_ago",
                             "select clock_timestamp() - make_interval(days => $1)"};

// As drop_partitions has it. Materialized: else the planner looks for months in the names of all
// tables.
constexpr Statement kWholeMonths{
    "admin_whole_months",
    "with months as materialized (\n"
    "  select replace(suffix, '_', '-') as name,\n"
    "         to_timestamp(suffix, 'YYYY_MM') at time zone 'UTC' as month\n" RUNYARD_MONTHS
    "),\n"
    "bounds as (\n"
    "  select name, uuid7_floor(month at time zone 'UTC') as low,\n"
    "         uuid7_floor((month + interval '1 month') at time zone 'UTC') as high\n"
    "  from months where (month + interval '1 month') at time zone 'UTC' <= $1::timestamptz)\n"
    "select name, low, high from bounds\n"
    "where not exists (select from queue where id >= low and id < high)\n"
    "order by name"};

#undef RUNYARD_MONTHS

// What goes with the whole months is not counted: they are in $2 and $3, their bounds.
constexpr Statement kOld{
    "admin_old",
    "select (select count(*) from executions e\n"
    "        where e.id < uuid7_floor($1::timestamptz)\n"
    "          and not exists (select from queue q where q.id = e.id)\n"
    "          and not exists (select from unnest($2::uuid[], $3::uuid[]) as m (low, high)\n"
    "                          where e.id >= m.low and e.id < m.high)),\n"
    "       (select count(*) from queue where id < uuid7_floor($1::timestamptz)),\n"
    "       (select count(*) from code_sessions s\n"
    "        where s.updated_at < $1::timestamptz\n"
    "          and not exists (select from queue q where q.id = s.execution_id))"};

constexpr Statement kDropMonths{"admin_drop_months", "select drop_partitions($1::timestamptz)"};

constexpr Statement kRemoveExecutions{
    "admin_remove_executions",
    "with old as (\n"
    "  select e.id, e.owner from executions e\n"
    "  where e.id < uuid7_floor($1::timestamptz)\n"
    "    and not exists (select from queue q where q.id = e.id)\n"
    "  order by e.id limit $2),\n"
    "r as (delete from results using old where results.execution_id = old.id),\n"
    "i as (delete from idempotency using old\n"
    "      where idempotency.owner = old.owner and idempotency.execution_id = old.id),\n"
    "h as (delete from webhooks using old where webhooks.execution_id = old.id),\n"
    "l as (delete from learning_history using old where learning_history.execution_id = old.id),\n"
    "e as (delete from executions using old where executions.id = old.id returning 1)\n"
    "select count(*) from e"};

// A run changes updated_at as it begins.
constexpr Statement kRemoveSessions{
    "admin_remove_sessions",
    "with old as (\n"
    "  select id from code_sessions s\n"
    "  where s.id < uuid7_floor($1::timestamptz) and s.updated_at < $1::timestamptz\n"
    "    and not exists (select from queue q where q.id = s.execution_id)\n"
    "  order by id limit $2 for update skip locked)\n"
    "delete from code_sessions s using old where s.id = old.id"};

}  // namespace

std::vector<HistoryMonth> AdminHistoryStore::months() {
  std::vector<HistoryMonth> found;
  database_.run([&](DatabaseConnection& connection) {
    found.clear();
    for (const auto& row : connection.exec(kMonths))
      found.push_back({row[0].c_str(), row[1].as<std::int64_t>(), row[2].as<std::int64_t>(),
                       row[3].as<std::int64_t>()});
  });
  return found;
}

void AdminHistoryStore::make_months(int ahead) {
  database_.run([&](DatabaseConnection& connection) { connection.exec(kMakeMonths, ahead); });
}

std::string AdminHistoryStore::days_ago(int days) {
  std::string moment;
  database_.run([&](DatabaseConnection& connection) {
    moment = connection.exec(kDaysAgo, days)[0][0].c_str();
  });
  return moment;
}

OldHistory AdminHistoryStore::older_than(const std::string& moment) {
  OldHistory old;
  database_.run([&](DatabaseConnection& connection) {
    old = {};
    std::vector<std::string> low;
    std::vector<std::string> high;
    for (const auto& row : connection.exec(kWholeMonths, moment)) {
      old.months.emplace_back(row[0].c_str());
      low.emplace_back(row[1].c_str());
      high.emplace_back(row[2].c_str());
    }
    const auto row = connection.exec(kOld, moment, array_literal(low), array_literal(high))[0];
    old.executions = row[0].as<std::int64_t>();
    old.unfinished = row[1].as<std::int64_t>();
    old.sessions = row[2].as<std::int64_t>();
  });
  return old;
}

int AdminHistoryStore::drop_months(const std::string& moment) {
  int dropped = 0;
  try {
    database_.run([&](DatabaseConnection& connection) {
      dropped += connection.exec(kDropMonths, moment)[0][0].as<int>();
    });
  } catch (const pqxx::sql_error& e) {
    if (e.sqlstate() != kLockNotAvailable) throw;
    throw std::runtime_error(
        "nothing was dropped: the history is locked by another session (a backup or report?); try "
        "again later");
  }
  return dropped;
}

int AdminHistoryStore::remove_executions(const std::string& moment, int most) {
  int removed = 0;
  database_.run([&](DatabaseConnection& connection) {
    removed = connection.exec(kRemoveExecutions, moment, most)[0][0].as<int>();
  });
  return removed;
}

int AdminHistoryStore::remove_sessions(const std::string& moment, int most) {
  int removed = 0;
  database_.run([&](DatabaseConnection& connection) {
    removed = static_cast<int>(connection.exec(kRemoveSessions, moment, most).affected_rows());
  });
  return removed;
}

}  // namespace runyard
