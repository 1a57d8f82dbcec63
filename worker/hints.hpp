#pragma once
// What a worker makes of the notifications that reach it.
#include <functional>
#include <string>

#include "core/listener.hpp"
#include "worker/cancellations.hpp"
#include "worker/live_runs.hpp"
#include "worker/queue_loop.hpp"

namespace runyard {

/// Whom the notifications are for. None of them believes what it is told: each reads rows.
struct HintTargets {
  std::string worker_id;
  QueueLoop& loop;
  LiveRuns& live_runs;
  Cancellations& cancellations;
  std::function<void()> heartbeat;  ///< sends one soon: it reads what is said of this worker
};

/// Listens to all that a worker is told.
Listener listen_to_hints(const std::string& db_options, HintTargets targets);

}  // namespace runyard
