#include "core/service_figures.hpp"

#include <string>

#include "core/database_connection.hpp"

namespace runyard {
namespace {

constexpr Statement kQueue{
    "figures_queue",
    "select live_key is not null, worker is not null, count(*),\n"
    "       greatest(0, extract(epoch from clock_timestamp() - min(queued_at)))::float8,\n"
    "       count(*) filter (where lease_until < clock_timestamp())\n"
    "from (select live_key, worker, queued_at, lease_until from queue limit $1) as q\n"
    "group by 1, 2"};

constexpr Statement kFleet{
    "figures_fleet",
    "select count(*) filter (where not draining), count(*) filter (where draining),\n"
    "       coalesce(sum(slots), 0), coalesce(sum(running), 0), coalesce(sum(warm), 0),\n"
    "       coalesce(extract(epoch from clock_timestamp() - min(seen_at)), 0)::float8\n"
    "from workers where seen_at > clock_timestamp() - interval '15 s'"};

constexpr Statement kWebhooks{
    "figures_webhooks",
    "select count(*),\n"
    "       greatest(0, coalesce(extract(epoch from clock_timestamp() - min(due_at)), 0))::float8\n"
    "from (select due_at from webhooks where state = 'PENDING' order by due_at limit $1) as w"};

// Sizes as the last vacuum or analyze saw them: looking would cost a scan.
constexpr Statement kDatabase{
    "figures_database",
    "select (select sum(numbackends)::bigint from pg_stat_database),\n"
    "       current_setting('max_connections')::integer,\n"
    "       oldest_snapshot_s(),\n"
    "       (select coalesce(sum(greatest(c.reltuples, 0)), 0)::bigint\n"
    "        from pg_inherits i join pg_class c on c.oid = i.inhrelid\n"
    "        where i.inhparent = 'executions'::regclass),\n"
    "       (select coalesce(sum(c.relpages), 0)::bigint * current_setting('block_size')::bigint\n"
    "        from pg_inherits i join pg_class c on c.oid = i.inhrelid\n"
    "        where i.inhparent in ('executions'::regclass, 'results'::regclass)),\n"
    "       (select n_dead_tup from pg_stat_user_tables where relid = 'queue'::regclass)"};

void read_queue(DatabaseConnection& connection, ServiceFigures& figures) {
  for (const auto& row : connection.exec(kQueue, kMaxCounted)) {
    auto& of_class = row[0].as<bool>() ? figures.live : figures.ordinary;
    if (row[1].as<bool>()) {
      of_class.running = row[2].as<std::int64_t>();
      of_class.expired_leases = row[4].as<std::int64_t>();
    } else {
      of_class.waiting = row[2].as<std::int64_t>();
      of_class.oldest_waiting_s = row[3].as<double>();
    }
  }
}

void read_fleet(DatabaseConnection& connection, ServiceFigures& figures) {
  const auto row = connection.exec(kFleet)[0];
  figures.workers = row[0].as<std::int64_t>();
  figures.draining_workers = row[1].as<std::int64_t>();
  figures.slots = row[2].as<std::int64_t>();
  figures.busy_slots = row[3].as<std::int64_t>();
  figures.idle_sandboxes = row[4].as<std::int64_t>();
  figures.oldest_heartbeat_s = row[5].as<double>();
}

void read_database(DatabaseConnection& connection, ServiceFigures& figures) {
  const auto row = connection.exec(kDatabase)[0];
  figures.connections = row[0].as<std::int64_t>(0);
  figures.max_connections = row[1].as<std::int64_t>();
  figures.oldest_snapshot_s = optional_field<double>(row[2]);
  figures.history_rows = row[3].as<std::int64_t>();
  figures.history_bytes = row[4].as<std::int64_t>();
  figures.queue_dead_rows = row[5].as<std::int64_t>(0);
}

void put_class(const char* name, const ClassFigures& figures, metrics::Registry& registry) {
  const auto put = [&](const char* metric, const char* help, double value,
                       metrics::Labels labels = {}) {
    labels["class"] = name;
    registry.gauge(metric, help, labels).set(value);
  };
  const char* count = "Unfinished executions, counted up to 200,000 in all.";
  put("runyard_queue_executions", count, static_cast<double>(figures.waiting),
      {{"state", "waiting"}});
  put("runyard_queue_executions", count, static_cast<double>(figures.running),
      {{"state", "running"}});
  put("runyard_queue_oldest_waiting_seconds",
      "How long the one that was queued first among those that wait has waited; 0: none waits.",
      figures.oldest_waiting_s);
  put("runyard_queue_expired_leases", "Executions whose worker has not renewed its lease in time.",
      static_cast<double>(figures.expired_leases));
}

}  // namespace

ServiceFigures look_at_service(Database& database) {
  ServiceFigures figures;
  database.run([&](DatabaseConnection& connection) {
    figures = {};
    read_queue(connection, figures);
    read_fleet(connection, figures);
    const auto webhooks = connection.exec(kWebhooks, kMaxCounted)[0];
    figures.webhooks_pending = webhooks[0].as<std::int64_t>();
    figures.webhooks_overdue_s = webhooks[1].as<double>();
    read_database(connection, figures);
  });
  return figures;
}

void put(const ServiceFigures& figures, metrics::Registry& registry) {
  put_class("ordinary", figures.ordinary, registry);
  put_class("live", figures.live, registry);
  const auto put = [&](const char* name, const char* help, auto value,
                       const metrics::Labels& labels = {}) {
    registry.gauge(name, help, labels).set(static_cast<double>(value));
  };
  put("runyard_queue_dead_rows", "Rows of the queue that wait for vacuum, as last estimated.",
      figures.queue_dead_rows);
  const char* workers = "Workers that gave a sign of life within 15 s.";
  put("runyard_fleet_workers", workers, figures.workers, {{"state", "live"}});
  put("runyard_fleet_workers", workers, figures.draining_workers, {{"state", "draining"}});
  put("runyard_fleet_slots", "Executions that these can run at a time.", figures.slots);
  put("runyard_fleet_busy_slots", "Of these, in use at their last sign of life.",
      figures.busy_slots);
  put("runyard_fleet_idle_sandboxes", "Sandboxes that these hold ready.", figures.idle_sandboxes);
  put("runyard_fleet_oldest_heartbeat_seconds", "Since the last sign of life of the quietest.",
      figures.oldest_heartbeat_s);
  put("runyard_webhooks_pending", "Webhooks that are still to be delivered.",
      figures.webhooks_pending);
  put("runyard_webhooks_overdue_seconds",
      "How long the one that should have been sent first has been due; 0: none is due.",
      figures.webhooks_overdue_s);
  put("runyard_database_connections", "Connections of everybody to the server.",
      figures.connections);
  put("runyard_database_max_connections", "Connections that the server takes.",
      figures.max_connections);
  if (figures.oldest_snapshot_s)
    put("runyard_database_oldest_snapshot_seconds",
        "Age of the oldest transaction that keeps dead rows from being removed.",
        *figures.oldest_snapshot_s);
  put("runyard_history_rows", "Executions in the history, as PostgreSQL last estimated.",
      figures.history_rows);
  put("runyard_history_bytes", "Size of the history without what is stored out of line, likewise.",
      figures.history_bytes);
}

}  // namespace runyard
