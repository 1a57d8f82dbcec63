#include "worker/keeper.hpp"

#include <algorithm>

#include "core/errors.hpp"
#include "core/log.hpp"
#include "worker/job_plan.hpp"

namespace runyard {
namespace {

using namespace std::chrono_literals;

// A lease is 20 s: three heartbeats may fail before it is another's.
constexpr auto kHeartbeat = 5s;
constexpr auto kImages = 10s;
constexpr auto kPartitions = 1h;

/// True once every `period`, the first time at once.
class Every final {
 public:
  explicit Every(std::chrono::steady_clock::duration period) : period_(period) {}
  bool due() {
    const auto now = std::chrono::steady_clock::now();
    if (now < next_) return false;
    next_ = now + period_;
    return true;
  }

 private:
  const std::chrono::steady_clock::duration period_;
  std::chrono::steady_clock::time_point next_{};
};

}  // namespace

std::map<SandboxClass, int> warm_targets(const LanguageCatalog& languages, const Images& images) {
  std::map<SandboxClass, int> targets;
  for (const auto& language : languages.all()) {
    const auto id = images.id_of(language.image);
    if (!id || language.warm == 0) continue;
    // Languages that share an image and its limits share the ready ones.
    auto& run = targets[run_class(language, *id, language.default_limits)];
    run = std::max(run, language.warm);
    if (!language.compile) continue;
    auto& compile = targets[compile_class(language, *id)];
    compile = std::max(compile, language.warm);
  }
  return targets;
}

std::vector<std::string> runnable_languages(const LanguageCatalog& languages,
                                            const Images& images) {
  std::vector<std::string> ids;
  for (const auto& language : languages.all())
    if (images.id_of(language.image)) ids.push_back(language.id);
  return ids;
}

Keeper::Keeper(KeeperSettings settings, WorkQueue& queue, QueueLoop& loop, Holdings& holdings,
               Images& images, SandboxPool& pool, const LanguageCatalog& languages)
    : settings_(std::move(settings)),
      queue_(queue),
      loop_(loop),
      holdings_(holdings),
      images_(images),
      pool_(pool),
      languages_(languages),
      thread_([this] { run(); }) {}

Keeper::~Keeper() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void Keeper::run() {
  Every images(kImages);
  Every beat(kHeartbeat);
  Every partitions(kPartitions);
  for (;;) {
    try {
      if (images.due()) refresh_images();
      pool_.tidy();
      if (beat.due()) {
        heartbeat();
        const int lost = queue_.end_lost();
        if (lost > 0) log::error("executions ended as WORKER_LOST", {{"count", lost}});
      }
      if (partitions.due()) queue_.maintain_partitions(settings_.retention_days);
    } catch (const DatabaseUnavailable& e) {
      log::warn("database is away", {{"error", e.what()}});
    } catch (const std::exception& e) {
      log::error("keeping failed", {{"error", e.what()}});
    }
    std::unique_lock lock(mutex_);
    if (changed_.wait_for(lock, 1s, [&] { return stop_; })) return;
  }
}

void Keeper::heartbeat() {
  const auto ids = holdings_.ids();
  const auto report = queue_.heartbeat(
      ids, {settings_.host, settings_.slots, loop_.running(), pool_.idle(), images_.folders()});
  for (const auto& id : report.cancelled)
    if (const auto stop = holdings_.find(id)) stop->cancel();
  for (const auto& id : ids) {
    if (std::find(report.held.begin(), report.held.end(), id) != report.held.end()) continue;
    const auto stop = holdings_.find(id);
    if (!stop) continue;  // recorded meanwhile
    log::warn("lease is lost", {{"execution", id}});
    stop->abandon();
  }
}

void Keeper::refresh_images() {
  if (!images_.refresh()) return;
  for (const auto& folder : images_.folders()) log::info("image is here", {{"image", folder}});
  pool_.keep_warm(warm_targets(languages_, images_));
  loop_.wake();
}

}  // namespace runyard
