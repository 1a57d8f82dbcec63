#include "core/stats_store.hpp"

#include "core/database_connection.hpp"

namespace runyard {
namespace {

// Taken before anything is filtered, so that its size bounds the cost of every question. The ids
// hold the time, so the range is one of the index (owner, id); the margin is for clocks that differ
// between who makes the ids and who writes created_at.
#define RUNYARD_SAMPLE                                                       \
  "with sample as (\n"                                                       \
  "  select language, status, wall_ms, queue_ms, created_at\n"               \
  "  from execution\n"                                                       \
  "  where owner = $1 and listed\n"                                          \
  "    and id >= uuid7_floor($2::timestamptz - interval '1 min')\n"          \
  "    and id < uuid7_floor($3::timestamptz + interval '1 min')\n"           \
  "    and created_at >= $2::timestamptz and created_at < $3::timestamptz\n" \
  "  order by id desc\n"                                                     \
  "  limit $4)\n"

constexpr Statement kGroups{
    "stats_groups", RUNYARD_SAMPLE
    "select language, status, count(*) as count,\n"
    "       avg(wall_ms)::float8,\n"
    "       percentile_disc(array[0.5, 0.9, 0.99, 1]) within group (order by wall_ms),\n"
    "       avg(queue_ms)::float8,\n"
    "       percentile_disc(array[0.5, 0.9, 0.99, 1]) within group (order by queue_ms)\n"
    "from sample\n"
    "group by language, status\n"
    "order by language, status"};

// Of each bucket first all together, with the status null, then by status.
constexpr Statement kBuckets{
    "stats_buckets", RUNYARD_SAMPLE
    ", put as (\n"
    "  select to_char((to_timestamp(floor(extract(epoch from created_at - $2::timestamptz) / "
    "$5::bigint)\n"
    "                              * $5::bigint + extract(epoch from $2::timestamptz)))\n"
    "                 at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"') as start,\n"
    "         status, wall_ms, queue_ms\n"
    "  from sample\n"
    "  where ($6 = '' or language = $6) and ($7 = '' or status = $7))\n"
    "select start, status, count(*),\n"
    "       avg(wall_ms)::float8,\n"
    "       percentile_disc(array[0.5, 0.9, 0.99, 1]) within group (order by wall_ms),\n"
    "       avg(queue_ms)::float8,\n"
    "       percentile_disc(array[0.5, 0.9, 0.99, 1]) within group (order by queue_ms)\n"
    "from put\n"
    "group by grouping sets ((start), (start, status))\n"
    "order by start, status nulls first"};

#undef RUNYARD_SAMPLE

constexpr Statement kService{
    "stats_service",
    // Counted to the bound that max_queued has by default.
    "with unfinished as (select worker, queued_at from queue limit 100000)\n"
    "select (select count(*) from unfinished where worker is null),\n"
    "       (select count(*) from unfinished where worker is not null),\n"
    "       (select (extract(epoch from clock_timestamp() - min(queued_at)) * 1000)::bigint\n"
    "        from unfinished where worker is null),\n"
    "       count(*), coalesce(sum(slots), 0), coalesce(sum(running), 0), coalesce(sum(warm), 0)\n"
    "from workers\n"
    "where seen_at > clock_timestamp() - interval '15 s'"};

/// An array of percentile_disc, "{1,2,2,3}"; null, or nulls in it, when there was no value.
Spread read_spread(const pqxx::field& mean, const pqxx::field& percentiles) {
  Spread spread;
  spread.mean = optional_field<double>(mean);
  if (!spread.mean || percentiles.is_null()) return spread;
  const std::string text = percentiles.c_str();
  std::optional<std::int64_t>* const parts[] = {&spread.p50, &spread.p90, &spread.p99,
                                                &spread.maximum};
  std::size_t at = 1;
  for (auto* part : parts) {
    const auto end = text.find_first_of(",}", at);
    *part = std::stoll(text.substr(at, end - at));
    at = end + 1;
  }
  return spread;
}

}  // namespace

OwnerStats StatsStore::of_owner(const StatsQuery& query) {
  OwnerStats stats;
  database_.run([&](DatabaseConnection& connection) {
    stats = {};
    std::int64_t seen = 0;
    for (const auto& row :
         connection.exec(kGroups, query.owner, query.since, query.until, kMaxRows)) {
      StatsGroup group;
      group.language = row[0].c_str();
      group.status = row[1].c_str();
      group.count = row[2].as<std::int64_t>();
      group.execution_time = read_spread(row[3], row[4]);
      group.queue_ms = read_spread(row[5], row[6]);
      seen += group.count;
      if (!query.language.empty() && group.language != query.language) continue;
      if (!query.status.empty() && group.status != query.status) continue;
      stats.groups.push_back(std::move(group));
    }
    stats.complete = seen < kMaxRows;  // as many as that may be all, or not
    if (query.bucket_s == 0) return;
    for (const auto& row : connection.exec(kBuckets, query.owner, query.since, query.until,
                                           kMaxRows, query.bucket_s, query.language, query.status))
      if (row[1].is_null())
        stats.buckets.push_back(
            {row[0].c_str(), {}, read_spread(row[3], row[4]), read_spread(row[5], row[6])});
      else
        stats.buckets.back().by_status.emplace_back(row[1].c_str(), row[2].as<std::int64_t>());
  });
  return stats;
}

ServiceStats StatsStore::of_service() {
  ServiceStats stats;
  database_.run([&](DatabaseConnection& connection) {
    const auto row = connection.exec(kService)[0];
    stats.queued = row[0].as<std::int64_t>();
    stats.running = row[1].as<std::int64_t>();
    stats.oldest_queued_ms = optional_field<std::int64_t>(row[2]);
    stats.live_workers = row[3].as<int>();
    stats.slots = row[4].as<std::int64_t>();
    stats.busy_slots = row[5].as<std::int64_t>();
    stats.warm_sandboxes = row[6].as<std::int64_t>();
  });
  return stats;
}

}  // namespace runyard
