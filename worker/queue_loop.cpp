#include "worker/queue_loop.hpp"

#include <algorithm>

#include "core/errors.hpp"
#include "core/log.hpp"
#include "worker/worker_metrics.hpp"

namespace runyard {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

// Runs that are shorter than this are worth claiming ahead for.
constexpr auto kShortRun = 100ms;
// How often the flag of an idle worker is set anew: others remove it when this worker was stopped
// for a minute.
constexpr auto kIdleAgain = 5s;

/// Why is in the log: what a database says of its tables is no concern of whoever submitted.
Result unrecordable() {
  Result result;
  result.status = Status::kFailed;
  result.reason = Reason::kSandboxFailure;
  result.message = "the result could not be recorded";
  return result;
}

}  // namespace

QueueLoop::QueueLoop(WorkQueue& queue, Holdings& holdings, QueueLoopSettings settings,
                     std::function<std::vector<std::string>()> images)
    : queue_(queue),
      holdings_(holdings),
      settings_(settings),
      images_(std::move(images)),
      thread_([this] { loop(); }) {}

QueueLoop::~QueueLoop() { stop(); }

std::optional<Claim> QueueLoop::next(bool live) {
  std::unique_lock lock(mutex_);
  auto& ready = live ? ready_live_ : ready_;
  auto& awaited = live ? for_live_slots_ : for_slots_;
  awaited.wait(lock, [&] { return stopping_ || !ready.empty(); });
  if (stopping_) return std::nullopt;
  Claim claim = std::move(ready.front().first);
  ready.pop_front();
  if (live) {
    begun_live_.insert({claim.id, claim.attempt});
    ++busy_live_;
  } else {
    begun_[{claim.id, claim.attempt}] = Clock::now();
    ++busy_;
  }
  return claim;
}

void QueueLoop::leave_slot(const std::string& id, int attempt) {
  if (begun_live_.erase({id, attempt}) != 0) {
    --busy_live_;
    return;
  }
  begun_.erase({id, attempt});
  --busy_;
}

void QueueLoop::finished(Finished finished) {
  {
    const std::lock_guard lock(mutex_);
    // Live runs say nothing about how short those are that are claimed ahead.
    if (const auto begun = begun_.find({finished.id, finished.attempt}); begun != begun_.end())
      last_run_ = Clock::now() - begun->second;
    leave_slot(finished.id, finished.attempt);
    finished_.push_back(std::move(finished));
  }
  for_loop_.notify_one();
}

void QueueLoop::released(const Claim& claim) {
  {
    const std::lock_guard lock(mutex_);
    leave_slot(claim.id, claim.attempt);
    released_.push_back(claim);
  }
  for_loop_.notify_one();
}

void QueueLoop::dropped(const Claim& claim) {
  holdings_.remove(claim.id, claim.attempt);
  {
    const std::lock_guard lock(mutex_);
    leave_slot(claim.id, claim.attempt);
    woken_ = true;
  }
  for_loop_.notify_one();
}

void QueueLoop::wake() {
  {
    const std::lock_guard lock(mutex_);
    woken_ = true;
  }
  for_loop_.notify_one();
}

void QueueLoop::reconnected() {
  {
    const std::lock_guard lock(mutex_);
    idle_forgotten_ = true;
  }
  wake();
}

void QueueLoop::drain() {
  {
    const std::lock_guard lock(mutex_);
    draining_ = true;
    woken_ = true;
  }
  for_loop_.notify_one();
}

void QueueLoop::stop() {
  {
    const std::lock_guard lock(mutex_);
    draining_ = stopping_ = true;
  }
  for_loop_.notify_one();
  for_slots_.notify_all();
  for_live_slots_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void QueueLoop::pause(bool paused) {
  {
    const std::lock_guard lock(mutex_);
    paused_ = paused;
    woken_ = true;
  }
  for_loop_.notify_one();
}

bool QueueLoop::quiet() const {
  const std::lock_guard lock(mutex_);
  return paused_ && !claiming_ && ready_.empty() && ready_live_.empty();
}

int QueueLoop::room() const {
  if (draining_ || paused_) return 0;
  const int ahead = last_run_ < kShortRun ? settings_.prefetch : 0;
  return settings_.slots + ahead - busy_ - static_cast<int>(ready_.size());
}

int QueueLoop::live_room() const {
  if (draining_ || paused_) return 0;
  return settings_.live_slots - busy_live_ - static_cast<int>(ready_live_.size());
}

void QueueLoop::loop() {
  auto pause = 100ms;
  for (;;) {
    {
      std::unique_lock lock(mutex_);
      for_loop_.wait_for(lock, settings_.poll, [&] {
        return woken_ || stopping_ || !finished_.empty() || !released_.empty();
      });
    }
    try {
      serve();
      pause = 100ms;
    } catch (const DatabaseUnavailable& e) {
      log::warn("database is away", {{"error", e.what()}});
      idle_ = false;  // the table may be empty when the server is back
      std::unique_lock lock(mutex_);
      if (stopping_) return;  // leases run out by themselves, and another worker takes over
      for_loop_.wait_for(lock, pause, [&] { return stopping_; });
      woken_ = true;
      pause = std::min<std::chrono::milliseconds>(2 * pause, 1000ms);
    } catch (const std::exception& e) {
      log::error("queue round failed", {{"error", e.what()}});
      std::unique_lock lock(mutex_);
      if (stopping_) return;  // likewise
      for_loop_.wait_for(lock, pause, [&] { return stopping_; });
    }
    const std::lock_guard lock(mutex_);
    claiming_ = false;
    if (stopping_ && finished_.empty() && released_.empty() && ready_.empty() &&
        ready_live_.empty() && unbegun_.empty())
      return;
  }
}

void QueueLoop::serve() {
  hand_back_unbegun();
  std::vector<Claim> released;
  {
    const std::lock_guard lock(mutex_);
    released = released_;
  }
  for (const auto& claim : released) {
    queue_.release(claim.id, claim.attempt);
    worker_metrics().requeued.add();
    log::warn("execution goes back into the queue",
              {{"execution", claim.id}, {"attempt", claim.attempt}});
    holdings_.remove(claim.id, claim.attempt);
    const std::lock_guard lock(mutex_);
    released_.erase(released_.begin());
  }

  const auto images = images_();
  std::vector<Finished> batch;
  int want = 0;
  int want_live = 0;
  bool asked = false;
  bool paused = false;
  {
    const std::lock_guard lock(mutex_);
    batch = finished_;
    paused = paused_;
    want = images.empty() ? 0 : std::max(0, room());
    want_live = images.empty() ? 0 : std::max(0, live_room());
    asked = std::exchange(woken_, false);
    if (std::exchange(idle_forgotten_, false)) idle_ = false;
    claiming_ = want > 0 || want_live > 0;
  }
  // Woken for nothing: all slots are busy, so submitters need not notify us. Those of live runs
  // always do.
  if (idle_ && (paused || (batch.empty() && want == 0 && asked))) set_idle(false);
  if (!batch.empty() || want > 0 || want_live > 0) record(batch, want, want_live, images);
}

void QueueLoop::record(const std::vector<Finished>& batch, int want, int want_live,
                       const std::vector<std::string>& images) {
  WorkQueue::Turn turn;
  try {
    turn = queue_.turn(batch, want, images, want_live);
  } catch (const ResultRefused& e) {
    // One result that the database refuses must not hold up the others, nor itself be lost.
    log::error("a result was refused",
               {{"execution", batch.size() == 1 ? batch[0].id : std::string("one of several")},
                {"results", batch.size()},
                {"error", e.what()}});
    if (batch.size() > 1) {
      for (const auto& one : batch) record({one}, 0, 0, images);
      return;
    }
    worker_metrics().refused_results.add();
    turn = queue_.turn({{batch[0].id, batch[0].attempt, unrecordable()}}, 0, images);
  }
  for (const auto& one : batch) {
    holdings_.remove(one.id, one.attempt);
    if (std::find(turn.recorded.begin(), turn.recorded.end(), one.id) != turn.recorded.end())
      continue;
    worker_metrics().late_results.add();
    log::warn("result came too late", {{"execution", one.id}, {"attempt", one.attempt}});
  }
  for (const auto& claim : turn.claims) {
    (claim.live ? worker_metrics().live_claims : worker_metrics().claims).add();
    if (claim.attempt > 1) worker_metrics().repeated_claims.add();
    worker_metrics().queue_wait.observe(claim.waited_s);
  }
  const auto live = std::count_if(turn.claims.begin(), turn.claims.end(),
                                  [](const Claim& claim) { return claim.live; });
  const bool spare = static_cast<int>(turn.claims.size()) - static_cast<int>(live) < want;
  {
    const std::lock_guard lock(mutex_);
    finished_.erase(finished_.begin(),
                    finished_.begin() + static_cast<std::ptrdiff_t>(batch.size()));
    for (auto& claim : turn.claims) {
      // A claim whose commit was lost in a crash of the server comes again as the same attempt: it
      // is running.
      if (!holdings_.add(claim.id, claim.attempt, claim.live)) continue;
      auto& ready = claim.live ? ready_live_ : ready_;
      ready.emplace_back(std::move(claim), Clock::now());
    }
  }
  for (std::size_t i = 0; i < turn.claims.size(); ++i) for_slots_.notify_one();
  for (auto i = live; i > 0; --i) for_live_slots_.notify_one();
  if (spare && !idle_) {
    set_idle(true);
    wake();  // what was queued before the flag stood notified nobody
  } else if (spare && Clock::now() - idle_since_ > kIdleAgain) {
    set_idle(true);
  }
}

void QueueLoop::hand_back_unbegun() {
  {
    const std::lock_guard lock(mutex_);
    const auto stuck = Clock::now() - settings_.stuck;
    for (auto* ready : {&ready_, &ready_live_}) {
      for (auto it = ready->begin(); it != ready->end();) {
        const bool give = draining_ || paused_ || it->second < stuck;
        if (give) unbegun_.push_back(std::move(it->first));
        it = give ? ready->erase(it) : std::next(it);
      }
    }
    if (!unbegun_.empty()) last_run_ = std::chrono::hours(1);  // no claiming ahead for now
  }
  if (unbegun_.empty()) return;
  std::vector<std::string> ids;
  for (const auto& claim : unbegun_) ids.push_back(claim.id);
  queue_.hand_back(ids);
  worker_metrics().handed_back.add(unbegun_.size());
  for (const auto& claim : unbegun_) {
    log::info("execution handed back before it began",
              {{"execution", claim.id}, {"attempt", claim.attempt}});
    holdings_.remove(claim.id, claim.attempt);
  }
  unbegun_.clear();
}

void QueueLoop::set_idle(bool idle) {
  queue_.set_idle(idle);
  idle_ = idle;
  idle_since_ = Clock::now();
}

}  // namespace runyard
