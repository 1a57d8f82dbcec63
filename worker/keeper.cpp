#include "worker/keeper.hpp"

#include <algorithm>
#include <set>

#include "core/log.hpp"
#include "worker/job_plan.hpp"
#include "worker/worker_metrics.hpp"

namespace runyard {
namespace {

using namespace std::chrono_literals;

// A lease is 20 s: three heartbeats may fail before it is another's.
constexpr auto kHeartbeat = 5s;
constexpr auto kImages = 10s;
constexpr auto kRescue = 5s;
constexpr auto kPartitions = 1h;
constexpr auto kTidy = 1s;
constexpr auto kUnlisted = 1min;
constexpr auto kLive = 1min;
// Time enough to fetch the result of what was not to be kept.
constexpr auto kUnlistedKept = 1h;

}  // namespace

std::map<SandboxClass, int> warm_targets(const LanguageCatalog& languages, const Images& images) {
  std::map<SandboxClass, int> targets;
  for (const auto* language : languages.every_version()) {
    const auto id = images.id_of(language->image);
    if (!id || language->warm == 0) continue;
    // Languages that share an image and its limits share the ready ones.
    auto& run = targets[run_class(*language, *id, language->default_limits)];
    run = std::max(run, language->warm);
    if (!language->compile) continue;
    auto& compile = targets[compile_class(*language, *id)];
    compile = std::max(compile, language->warm);
  }
  return targets;
}

std::vector<std::string> runnable_images(const LanguageCatalog& languages, const Images& images) {
  std::set<std::string> here;
  for (const auto* language : languages.every_version())
    if (images.id_of(language->image)) here.insert(language->image);
  return {here.begin(), here.end()};
}

Keeper::Keeper(KeeperSettings settings, WorkQueue& queue, QueueLoop& loop, Holdings& holdings,
               Images& images, SandboxPool& pool, const LanguageCatalog& languages,
               LiveRuns& live_runs)
    : settings_(std::move(settings)),
      queue_(queue),
      loop_(loop),
      holdings_(holdings),
      images_(images),
      pool_(pool),
      languages_(languages),
      live_runs_(live_runs),
      images_task_("images", kImages, [this] { refresh_images(); }),
      heartbeat_task_("heartbeat", kHeartbeat, [this] { heartbeat(); }),
      rescue_task_("rescue", kRescue, [this] { rescue(); }),
      partitions_task_("partitions", kPartitions,
                       [this] { queue_.maintain_partitions(settings_.retention_days); }),
      unlisted_task_("unlisted", kUnlisted, [this] { forget_unlisted(); }),
      tidy_task_("tidy", kTidy, [this] { pool_.tidy(); }),
      live_task_("live data", kLive, [this] { live_runs_.tidy(); }) {}

void Keeper::rescue() {
  const int lost = queue_.end_lost();
  worker_metrics().ended_lost.add(static_cast<std::uint64_t>(lost));
  if (lost > 0) log::error("executions ended as WORKER_LOST", {{"count", lost}});
}

void Keeper::forget_unlisted() {
  const int removed = queue_.forget_unlisted(kUnlistedKept);
  if (removed > 0) log::info("executions without history are removed", {{"count", removed}});
}

void Keeper::heartbeat() {
  // What was heard is answered at once: whoever waits for a drained worker sees it sooner.
  while (send_heartbeat()) {
  }
}

/// True when the operator's word has changed.
bool Keeper::send_heartbeat() {
  const std::lock_guard lock(heartbeat_mutex_);
  // A worker that can run nothing (yet) is not a live one: its empty list would make every language
  // look absent. But what it still runs stays its own, also when its images have just been removed.
  const auto asked = holdings_.attempts();
  if (images_.folders().empty() && asked.empty()) return false;
  std::vector<std::string> ids;
  for (const auto& [id, attempt] : asked) ids.push_back(id);
  WorkerState state{settings_.host, settings_.slots,   loop_.busy_slots(),
                    pool_.idle(),   images_.folders(), settings_.sandbox};
  state.draining = draining_;
  // In this order: what was claimed before it was quiet is held by now.
  state.drained = loop_.quiet() && holdings_.empty();
  LeaseReport report;
  try {
    report = queue_.heartbeat(ids, state);
  } catch (...) {
    worker_metrics().heartbeats_failed.add();
    throw;
  }
  worker_metrics().heartbeats.add();
  last_heartbeat_ = std::chrono::steady_clock::now();
  const bool changed = report.draining != draining_;
  if (changed) {
    draining_ = report.draining;
    log::info(draining_ ? "drained by the operator" : "drained no more");
    loop_.pause(draining_);
  }
  for (const auto& id : report.cancelled)
    if (const auto stop = holdings_.find(id)) stop->cancel();
  // Whoever followed it was not heard, while the listener had no connection.
  for (const auto& id : report.followed) live_runs_.follow(id);
  for (const auto& id : holdings_.abandon_lost(asked, report.held)) {
    log::warn("lease is lost", {{"execution", id}});
    worker_metrics().lost_leases.add();
  }
  return changed;
}

void Keeper::refresh_images() {
  if (!images_.refresh()) return;
  for (const auto& folder : images_.folders()) log::info("image is here", {{"image", folder}});
  pool_.keep_warm(warm_targets(languages_, images_));
  heartbeat();  // what can be run now need not wait for the next one to be known
  loop_.wake();
}

}  // namespace runyard
