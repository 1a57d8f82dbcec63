#pragma once
// What a worker does by the clock: heartbeats, the rescue of lost executions, partitions, images,
// tidying.
#include <atomic>
#include <chrono>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "core/language.hpp"
#include "core/work_queue.hpp"
#include "worker/holdings.hpp"
#include "worker/images.hpp"
#include "worker/live_runs.hpp"
#include "worker/periodic.hpp"
#include "worker/queue_loop.hpp"
#include "worker/sandbox_pool.hpp"

namespace runyard {

struct KeeperSettings {
  std::string host;
  int slots = 2;
  int retention_days = 0;
  std::string sandbox = "docker";  ///< what kind it has
};

/// Works from construction to destruction, each duty on a thread of its own: an engine that does
/// not answer must not cost the leases.
class Keeper final {
 public:
  Keeper(KeeperSettings settings, WorkQueue& queue, QueueLoop& loop, Holdings& holdings,
         Images& images, SandboxPool& pool, const LanguageCatalog& languages, LiveRuns& live_runs);

  /// The operator changed something of this worker: the next heartbeat is sent now.
  void told() { heartbeat_task_.soon(); }

  /// Since the last heartbeat that the database has, or since the start.
  std::chrono::duration<double> since_heartbeat() const {
    return std::chrono::steady_clock::now() - last_heartbeat_.load();
  }

 private:
  void heartbeat();
  bool send_heartbeat();
  void refresh_images();
  void rescue();
  void forget_unlisted();

  const KeeperSettings settings_;
  WorkQueue& queue_;
  QueueLoop& loop_;
  Holdings& holdings_;
  Images& images_;
  SandboxPool& pool_;
  const LanguageCatalog& languages_;
  LiveRuns& live_runs_;
  std::mutex heartbeat_mutex_;  // two threads send them
  bool draining_ = false;       // under heartbeat_mutex_
  std::atomic<std::chrono::steady_clock::time_point> last_heartbeat_{
      std::chrono::steady_clock::now()};
  // Last, so that they end before what they use.
  Periodic images_task_;
  Periodic heartbeat_task_;
  Periodic rescue_task_;
  Periodic partitions_task_;
  Periodic unlisted_task_;
  Periodic tidy_task_;
  Periodic live_task_;
};

/// The sandboxes to hold ready for these languages with these images. Pure.
std::map<SandboxClass, int> warm_targets(const LanguageCatalog& languages, const Images& images);

/// The images that are here and run a language that is here: what may be claimed.
std::vector<std::string> runnable_images(const LanguageCatalog& languages, const Images& images);

}  // namespace runyard
