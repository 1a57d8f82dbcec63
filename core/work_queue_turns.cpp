// The part of WorkQueue that looks past owners who hold their share of a worker.
//
// In the order of keys their rows may stand before everybody else's, a hundred thousand of them. So
// this goes from owner to owner by the index queue_owner, two index probes each, and costs the same
// however many rows one owner has.
#include <algorithm>
#include <utility>

#include "core/database_connection.hpp"
#include "core/work_queue.hpp"

namespace runyard {
namespace {

// Owners that one statement looks at; a fleet with more of them is walked in several.
constexpr int kOwners = 64;
constexpr int kPages = 4;

#define RUNYARD_FREE                                                     \
  "    and (worker is null or lease_until < clock_timestamp()\n"         \
  "         or lease_until > clock_timestamp() + interval '1 minute')\n" \
  "    and attempt < 3\n"                                                \
  "    and not cancelled\n"                                              \
  "    and live_key is null\n"                                           \
  "    and language = any ($1::text[])\n"

// From owner $2 on (beyond it), without those of $3: of each the first free row. What an owner runs
// already stands among the first hundred rows of a priority, or those do not count.
#define RUNYARD_OTHERS                                                                             \
  "owners as (\n"                                                                                  \
  "  (select owner, 1 as visited from queue where owner > $2 order by owner limit 1)\n"            \
  "  union all\n"                                                                                  \
  "  select next.owner, o.visited + 1\n"                                                           \
  "  from owners o cross join lateral (\n"                                                         \
  "    select q.owner from queue q where q.owner > o.owner order by q.owner limit 1) next\n"       \
  "  where o.visited < $4),\n"                                                                     \
  "firsts as materialized (\n"                                                                     \
  "  select one.tid, one.key\n"                                                                    \
  "  from owners o cross join lateral (\n"                                                         \
  "    select c.tid, c.key\n"                                                                      \
  "    from unnest(array['high', 'normal', 'low']) as p (priority) cross join lateral (\n"         \
  "      select r.tid, r.key from (\n"                                                             \
  "        select ctid as tid, key, worker, lease_until, attempt, cancelled, live_key, language\n" \
  "        from queue q where q.owner = o.owner and q.priority = p.priority\n"                     \
  "        order by q.key limit 100) r\n"                                                          \
  "      where true\n" RUNYARD_FREE                                                                \
  "      order by r.key limit 1) c\n"                                                              \
  "    order by c.key limit 1) one\n"                                                              \
  "  where o.owner <> all ($3::text[]))"

constexpr Statement kClaimOfOthers{
    "claim_of_others",
    "with recursive hurry as materialized (select set_config('synchronous_commit', 'off', "
    "true)),\n" RUNYARD_OTHERS
    ",\n"
    "picked as (\n"
    "  select ctid from queue\n"
    "  where ctid = any (array(select tid from firsts order by key limit $6))\n" RUNYARD_FREE
    "  for update skip locked),\n"
    "claimed as (\n"
    "  update queue q\n"
    "  set worker = $5::uuid, attempt = q.attempt + 1, claimed_at = clock_timestamp(),\n"
    "      lease_until = clock_timestamp() + interval '20 s'\n"
    "  where q.ctid = any (array(select ctid from picked))\n"
    "  returning q.id, q.attempt, q.owner, q.followed, q.callback_url is not null as called,\n"
    "            extract(epoch from clock_timestamp() - q.queued_at)::float8 as waited)\n"
    "select c.id, c.attempt, c.owner, c.followed, c.called, c.waited, e.request,\n"
    "       null as last_owner, null::int as visited\n"
    "from claimed c join executions e on e.id = c.id\n"
    "union all\n"
    "select null, null, null, null, null, null, null,\n"
    "       (select max(owner) from owners), (select count(*)::int from owners) from hurry"};

constexpr Statement kOthersWait{"others_wait",
                                "with recursive " RUNYARD_OTHERS
                                "\n"
                                "select exists (select from firsts), (select max(owner) from "
                                "owners),\n"
                                "       (select count(*)::int from owners)"};

#undef RUNYARD_OTHERS
#undef RUNYARD_FREE

}  // namespace

std::vector<Claim> WorkQueue::claim_of_others(int want, const std::vector<std::string>& images,
                                              const std::vector<std::string>& owners) {
  std::vector<Claim> claims;
  if (want <= 0 || images.empty()) return claims;
  std::vector<std::string> to_be_called;
  auto from = next_owner_;
  database_.run([&](DatabaseConnection& connection) {
    claims.clear();
    to_be_called.clear();
    from = next_owner_;
    bool wrapped = from.empty();
    for (int page = 0; page < kPages && claims.empty(); ++page) {
      int visited = 0;
      for (const auto& row : connection.exec(kClaimOfOthers, array_literal(images), from,
                                             array_literal(owners), kOwners, worker_id_, want)) {
        if (row["id"].is_null()) {
          visited = row["visited"].as<int>();
          from = visited < kOwners ? std::string() : std::string(row["last_owner"].c_str());
          continue;
        }
        if (row["called"].as<bool>()) to_be_called.emplace_back(row["id"].c_str());
        claims.push_back({row["id"].c_str(), row["attempt"].as<int>(), row["owner"].c_str(),
                          row["request"].c_str(), false, row["followed"].as<bool>(),
                          std::max(0.0, row["waited"].as<double>(0))});
      }
      if (from.empty() && std::exchange(wrapped, true)) break;
    }
  });
  next_owner_ = from;
  const std::lock_guard lock(mutex_);
  called_.insert(to_be_called.begin(), to_be_called.end());
  return claims;
}

bool WorkQueue::others_wait(const std::vector<std::string>& images,
                            const std::vector<std::string>& owners) {
  bool found = false;
  if (images.empty()) return false;
  database_.run([&](DatabaseConnection& connection) {
    std::string from;
    for (int page = 0; page < kPages; ++page) {
      const auto row = connection.exec(kOthersWait, array_literal(images), from,
                                       array_literal(owners), kOwners)[0];
      found = row[0].as<bool>();
      if (found || row[2].as<int>() < kOwners) return;
      from = row[1].c_str();
    }
  });
  return found;
}

}  // namespace runyard
