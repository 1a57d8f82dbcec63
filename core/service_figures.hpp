#pragma once
// What the database knows of the whole service at this moment, for Prometheus.
#include <cstdint>
#include <optional>

#include "core/database.hpp"
#include "core/metrics.hpp"

namespace runyard {

/// Executions of one class: live runs, or all others.
struct ClassFigures {
  std::int64_t waiting = 0;
  std::int64_t running = 0;
  double oldest_waiting_s = 0;      ///< 0: none waits
  std::int64_t expired_leases = 0;  ///< of the running ones; the next claim or rescue takes them
};

struct ServiceFigures {
  ClassFigures ordinary;
  ClassFigures live;
  std::int64_t queue_dead_rows = 0;  ///< as PostgreSQL last estimated

  std::int64_t workers = 0;  ///< that gave a sign of life within 15 s and take programs
  std::int64_t draining_workers = 0;
  std::int64_t slots = 0;
  std::int64_t busy_slots = 0;
  std::int64_t idle_sandboxes = 0;
  double oldest_heartbeat_s = 0;

  std::int64_t webhooks_pending = 0;
  double webhooks_overdue_s = 0;  ///< of the one that should have been sent first; 0: none is due

  std::int64_t connections = 0;  ///< to this database, of everybody
  std::int64_t max_connections = 0;
  /// Nothing: the schema's owner may not see other sessions (see sql/README.md).
  std::optional<double> oldest_snapshot_s;
  std::int64_t history_rows = 0;  ///< executions; an estimate of PostgreSQL's
  std::int64_t history_bytes = 0;
};

/// Rows of the queue, and of what is to be sent, are counted up to this number.
constexpr std::int64_t kMaxCounted = 200'000;

/// Looks at the queue, never at the history: some tens of milliseconds with 100,000 rows queued.
/// Throws DatabaseUnavailable.
ServiceFigures look_at_service(Database& database);

/// As gauges that begin with runyard_queue_, runyard_fleet_, runyard_webhooks_ and
/// runyard_database_.
void put(const ServiceFigures& figures, metrics::Registry& registry);

}  // namespace runyard
