#pragma once
// What a worker does by the clock: heartbeats, the rescue of lost executions, partitions, images, tidying.
#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

#include "core/language.hpp"
#include "core/work_queue.hpp"
#include "worker/holdings.hpp"
#include "worker/images.hpp"
#include "worker/queue_loop.hpp"
#include "worker/sandbox_pool.hpp"

namespace runyard {

struct KeeperSettings {
  std::string host;
  int slots = 2;
  int retention_days = 0;
};

/// One thread of its own from construction to destruction.
class Keeper final {
 public:
  Keeper(KeeperSettings settings, WorkQueue& queue, QueueLoop& loop, Holdings& holdings,
         Images& images, SandboxPool& pool, const LanguageCatalog& languages);
  ~Keeper();
  Keeper(const Keeper&) = delete;
  Keeper& operator=(const Keeper&) = delete;

 private:
  void run();
  void heartbeat();
  void refresh_images();

  const KeeperSettings settings_;
  WorkQueue& queue_;
  QueueLoop& loop_;
  Holdings& holdings_;
  Images& images_;
  SandboxPool& pool_;
  const LanguageCatalog& languages_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool stop_ = false;  // under mutex_
  std::thread thread_;
};

/// The sandboxes to hold ready for these languages with these images. Pure.
std::map<SandboxClass, int> warm_targets(const LanguageCatalog& languages, const Images& images);

/// Ids of the languages whose image is here.
std::vector<std::string> runnable_languages(const LanguageCatalog& languages, const Images& images);

}  // namespace runyard
