#pragma once
// Figures of the executions of an owner, and of the service at this moment.
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/database.hpp"

namespace runyard {

/// Of one figure of a group's executions, in milliseconds; nullopt when none of them has it.
struct Spread {
  std::optional<double> mean;
  std::optional<std::int64_t> p50;
  std::optional<std::int64_t> p90;
  std::optional<std::int64_t> p99;
  std::optional<std::int64_t> maximum;
};

struct StatsGroup {
  std::string language;
  std::string status;
  std::int64_t count = 0;
  Spread execution_time;
  Spread queue_ms;
};

/// What was submitted within one stretch of the range.
struct StatsBucket {
  std::string start;                                            ///< RFC 3339, UTC
  std::vector<std::pair<std::string, std::int64_t>> by_status;  ///< those that have any
  Spread execution_time;
  Spread queue_ms;
};

struct StatsQuery {
  std::string owner;
  std::string since;          ///< RFC 3339, at or after
  std::string until;          ///< RFC 3339, before
  std::string language;       ///< a language's id; empty: all
  std::string status;         ///< likewise
  std::int64_t bucket_s = 0;  ///< width of a bucket, counted from `since`; 0: no buckets
};

struct OwnerStats {
  std::vector<StatsGroup> groups;    ///< by language, then status
  std::vector<StatsBucket> buckets;  ///< those that have any, by start
  /// False: the range holds kMaxRows or more, of which the newest so many were looked at.
  bool complete = true;
};

/// The whole service, whoever asks.
struct ServiceStats {
  std::int64_t queued = 0;
  std::int64_t running = 0;
  std::optional<std::int64_t> oldest_queued_ms;
  int live_workers = 0;
  std::int64_t slots = 0;
  std::int64_t busy_slots = 0;
  std::int64_t warm_sandboxes = 0;
};

/// Thread-safe. Every call throws DatabaseUnavailable.
class StatsStore final {
 public:
  /// So many executions are looked at for one answer: its cost is bounded, whatever the range.
  static constexpr std::int64_t kMaxRows = 50'000;

  explicit StatsStore(Database& database) : database_(database) {}

  OwnerStats of_owner(const StatsQuery& query);
  ServiceStats of_service();

 private:
  Database& database_;
};

}  // namespace runyard
