#pragma once
// Workers and the queue as the operator sees and changes them.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/database.hpp"

namespace runyard {

struct FleetMember {
  std::string id;
  std::string host;
  int slots = 0;
  int running = 0;  ///< as it last told
  int warm = 0;
  int images = 0;
  std::string sandbox;
  bool draining = false;
  bool drained = false;    ///< it has heard of it, and holds nothing
  bool alive = false;      ///< a heartbeat came within the last 15 s
  std::int64_t holds = 0;  ///< executions that it has the lease of
  std::string started_at;  ///< RFC 3339, UTC
  std::int64_t seen_s_ago = 0;
};

struct QueueOwner {
  std::string owner;
  std::int64_t queued = 0;
  std::int64_t running = 0;
  std::optional<std::int64_t> oldest_wait_ms;
};

struct RunningExecution {
  std::string id;
  std::string owner;
  std::string worker;
  std::string host;  ///< "" when its worker is not known
  int attempt = 0;
  bool cancelled = false;  ///< its worker was asked to stop it
  std::int64_t running_ms = 0;
  std::int64_t lease_ms = 0;  ///< what is left of the lease; below 0: it ran out
};

struct QueueView {
  std::int64_t queued = 0;
  std::int64_t running = 0;
  std::int64_t live = 0;  ///< of both
  std::optional<std::int64_t> oldest_wait_ms;
  std::vector<QueueOwner> owners;            ///< those with the most first
  std::vector<RunningExecution> executions;  ///< that run, the longest first
};

enum class RequeueOutcome {
  kRequeued,
  kEndsCancelled,  ///< it was to be cancelled: it ends so within seconds
  kLastAttempt,    ///< nothing was done: it would never be claimed again
  kQueued,         ///< nothing was done: no worker has it
  kFinished,
  kNotFound,
};

/// Of a worker: what was given back, what was to be cancelled and ends so within seconds, and what
/// is in its last attempt and stays.
struct RequeuedOfWorker {
  std::vector<std::string> requeued;
  std::vector<std::string> cancelled;
  std::vector<std::string> last_attempt;
};

/// Thread-safe. Every call throws DatabaseUnavailable when PostgreSQL cannot be reached.
class AdminQueueStore final {
 public:
  explicit AdminQueueStore(Database& database) : database_(database) {}

  /// By host, the oldest first. Those that were lost stay for a minute.
  std::vector<FleetMember> workers();
  /// Writes it into the rows of these workers and tells them. Returns how many there were.
  int set_draining(const std::vector<std::string>& ids, bool draining);

  /// At most `most` owners and running executions.
  QueueView queue(int most);
  /// nullopt when there is no such execution.
  std::optional<std::string> owner_of(const std::string& execution_id);
  /// Takes its worker's lease away, so that another attempt begins. The worker hears of it at once,
  /// and stops what it runs if it still can; its result does not count.
  RequeueOutcome requeue(const std::string& execution_id);
  /// The same for all that a worker holds, whether the worker is known or not.
  RequeuedOfWorker requeue_of(const std::string& worker_id);

 private:
  void tell(const std::vector<std::string>& workers, bool work);

  Database& database_;
};

}  // namespace runyard
