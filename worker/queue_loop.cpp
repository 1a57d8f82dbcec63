#include "worker/queue_loop.hpp"

#include <poll.h>
#include <sys/eventfd.h>

#include <algorithm>
#include <cerrno>
#include <iterator>

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
// How many times as long as a look for others took the next one waits when there was nobody.
constexpr int kLookCost = 20;
constexpr auto kLongestLook = 1s;

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
  awaited.wait(lock,
               [&] { return stopping_ || (!ready.empty() && (live || busy_ < settings_.slots)); });
  if (stopping_) return std::nullopt;
  const auto chosen = next_ready(ready);
  Claim claim = std::move(chosen->first);
  ready.erase(chosen);
  if (live) {
    begun_live_.insert({claim.id, claim.attempt});
    ++busy_live_;
  } else {
    begun_[{claim.id, claim.attempt}] = {claim.owner, Clock::now(), Clock::now(), false};
    last_owner_ = claim.owner;
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
  for_slots_.notify_one();  // more threads than slots wait there
}

bool QueueLoop::turn_over(const Claim& claim) const {
  const std::lock_guard lock(mutex_);
  const auto begun = begun_.find({claim.id, claim.attempt});
  return begun != begun_.end() && begun->second.turn_over;
}

void QueueLoop::give_up_slot(const Claim& claim, StopSignal& stop) {
  std::list<Parked>::iterator parked;
  {
    const std::lock_guard lock(mutex_);
    const auto begun = begun_.find({claim.id, claim.attempt});
    if (begun == begun_.end()) return;
    begun->second.turn_over = false;
    const auto now = Clock::now();
    const auto next = oldest_parked();
    const bool exchange = next != parked_.end() && next->passed_over &&
                          next->due <= now;  // its thread will have the slot
    if (stopping_ || draining_ || (static_cast<int>(parked_.size()) >= max_parked() && !exchange)) {
      begun->second.turn_began = now;
      return;
    }
    parked_.push_back({begun->first, begun->second, now, now + (now - begun->second.turn_began),
                       UniqueFd(::eventfd(0, EFD_CLOEXEC)), false, false});
    parked = std::prev(parked_.end());
    begun_.erase(begun);
    --busy_;
    woken_ = true;
  }
  for_loop_.notify_one();
  for_slots_.notify_one();
  while (!stop.cancelled()) {
    pollfd fds[] = {{parked->event.get(), POLLIN, 0}, {stop.fd(), POLLIN, 0}};
    if (::poll(fds, 2, -1) < 0 && errno != EINTR) break;
    if (fds[0].revents) break;
    if (fds[1].revents) stop.acknowledge();
  }
  const std::lock_guard lock(mutex_);
  // Stopped: it ends without running anything more, beside those that have the slots.
  if (!parked->granted) grant(*parked);
  parked_.erase(parked);
}

/// It has a slot from here on, though its thread has yet to wake.
void QueueLoop::grant(Parked& parked) {
  parked.granted = true;
  auto begun = parked.begun;
  begun.turn_began = Clock::now();
  begun_[parked.attempt] = begun;
  ++busy_;
  ::eventfd_write(parked.event.get(), 1);
}

int QueueLoop::parked() const {
  const std::lock_guard lock(mutex_);
  return static_cast<int>(std::count_if(parked_.begin(), parked_.end(),
                                        [](const Parked& one) { return !one.granted; }));
}

std::list<QueueLoop::Parked>::iterator QueueLoop::oldest_parked() {
  return std::find_if(parked_.begin(), parked_.end(),
                      [](const Parked& one) { return !one.granted; });
}

int QueueLoop::free_slots() const {
  return settings_.slots - busy_ - static_cast<int>(ready_.size());
}

Clock::duration QueueLoop::until_next_look() const {
  Clock::duration wait = settings_.poll;
  for (const auto& one : parked_)
    if (!one.granted) wait = std::min(wait, std::max<Clock::duration>(1ms, one.due - Clock::now()));
  return wait;
}

/// Slots that are free go to what waits for a turn and is due, then to others who wait, then to
/// whatever else waits for a turn: a slot is never left empty for somebody's share.
void QueueLoop::give_turns(const std::vector<std::string>& images) {
  int want = 0;
  std::vector<std::string> owners;
  {
    const std::lock_guard lock(mutex_);
    for (auto next = oldest_parked(); next != parked_.end() && free_slots() > 0;
         next = oldest_parked()) {
      const bool due = next->passed_over && next->due <= Clock::now();
      if (!due && !draining_ && !paused_ && !stopping_) break;
      grant(*next);
    }
    if (oldest_parked() == parked_.end() || free_slots() <= 0) return;
    want = free_slots();
    owners = full_owners();
    for (auto& one : parked_) {
      owners.push_back(one.begun.owner);
      one.passed_over = true;
    }
  }
  admit(queue_.claim_of_others(want, images, owners));
  const std::lock_guard lock(mutex_);
  for (auto next = oldest_parked(); next != parked_.end() && free_slots() > 0;
       next = oldest_parked())
    grant(*next);
}

/// Says to what has run for a turn, the longest first, that somebody else waits for a slot.
void QueueLoop::end_turns(const std::vector<std::string>& images) {
  bool somebody = false;
  bool crowded = false;
  std::string owner;
  std::pair<std::string, int> longest;
  std::vector<std::string> owners;
  {
    const std::lock_guard lock(mutex_);
    if (busy_ < settings_.slots || draining_ || paused_) return;
    auto since = Clock::now() - settings_.turn;
    for (const auto& [attempt, begun] : begun_) {
      if (begun.turn_over || begun.turn_began > since) continue;
      since = begun.turn_began;
      longest = attempt;
      owner = begun.owner;
    }
    if (owner.empty()) return;
    for (const auto& one : full_owners())
      if (one != owner) owners.push_back(one);
    owners.push_back(owner);
    // There must be a thread for whatever is begun instead.
    crowded = static_cast<int>(parked_.size()) >= max_parked();
    // Claimed already, or parked for long enough: they wait for this slot.
    somebody =
        (!crowded && std::any_of(ready_.begin(), ready_.end(),
                                 [&](const auto& entry) { return entry.first.owner != owner; })) ||
        std::any_of(parked_.begin(), parked_.end(), [&](const Parked& one) {
          return !one.granted && one.begun.owner != owner && one.due <= Clock::now();
        });
  }
  if (!somebody && (crowded || !queue_.others_wait(images, owners))) return;
  const std::lock_guard lock(mutex_);
  if (const auto begun = begun_.find(longest); begun != begun_.end())
    begun->second.turn_over = true;
}

void QueueLoop::finished(Finished finished) {
  {
    const std::lock_guard lock(mutex_);
    // Live runs say nothing about how short those are that are claimed ahead.
    if (const auto begun = begun_.find({finished.id, finished.attempt}); begun != begun_.end())
      last_run_ = Clock::now() - begun->second.since;
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
    for (auto& one : parked_)
      if (!one.granted) grant(one);
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
  const int ahead = last_run_ < kShortRun && parked_.empty() ? settings_.prefetch : 0;
  return settings_.slots + ahead - busy_ - static_cast<int>(ready_.size());
}

int QueueLoop::live_room() const {
  if (draining_ || paused_) return 0;
  return settings_.live_slots - busy_live_ - static_cast<int>(ready_live_.size());
}

int QueueLoop::share() const { return std::max(1, settings_.slots * settings_.owner_share / 100); }

std::map<std::string, int> QueueLoop::held_by_owner() const {
  std::map<std::string, int> held;
  for (const auto& [attempt, begun] : begun_) ++held[begun.owner];
  for (const auto& [claim, since] : ready_) ++held[claim.owner];
  for (const auto& one : parked_)
    if (!one.granted) ++held[one.begun.owner];
  return held;
}

std::vector<std::string> QueueLoop::full_owners() const {
  std::vector<std::string> full;
  for (const auto& [owner, count] : held_by_owner())
    if (count >= share()) full.push_back(owner);
  // Of one slot there is no half: owners take turns.
  if (settings_.slots == 1 && full.empty() && !last_owner_.empty()) full.push_back(last_owner_);
  return full;
}

/// The first of an owner who does not run their share already, else the first.
QueueLoop::Ready::iterator QueueLoop::next_ready(Ready& ready) {
  if (ready.size() == 1 || &ready == &ready_live_) return ready.begin();
  std::map<std::string, int> running;
  for (const auto& [attempt, begun] : begun_) ++running[begun.owner];
  const auto fair = std::find_if(ready.begin(), ready.end(), [&](const auto& entry) {
    return running[entry.first.owner] < share();
  });
  return fair == ready.end() ? ready.begin() : fair;
}

void QueueLoop::loop() {
  auto pause = 100ms;
  for (;;) {
    {
      std::unique_lock lock(mutex_);
      for_loop_.wait_for(lock, until_next_look(), [&] {
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
      pause = std::min<std::chrono::milliseconds>(2 * pause, 1000ms);
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
  give_turns(images);
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
  end_turns(images);
}

void QueueLoop::record(const std::vector<Finished>& batch, int want, int want_live,
                       const std::vector<std::string>& images) {
  want -= claim_past_full_owners(want, images);
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
  const auto ordinary = std::count_if(turn.claims.begin(), turn.claims.end(),
                                      [](const Claim& claim) { return !claim.live; });
  {
    const std::lock_guard lock(mutex_);
    finished_.erase(finished_.begin(),
                    finished_.begin() + static_cast<std::ptrdiff_t>(batch.size()));
  }
  exchange_excess(turn.claims, images);
  admit(std::move(turn.claims));
  const bool spare = static_cast<int>(ordinary) < want;
  if (spare && !idle_) {
    set_idle(true);
    wake();  // what was queued before the flag stood notified nobody
  } else if (spare && Clock::now() - idle_since_ > kIdleAgain) {
    set_idle(true);
  }
  if (!unbegun_.empty()) hand_back_unbegun();
}

/// What was claimed waits for slots from here on.
void QueueLoop::admit(std::vector<Claim> claims) {
  for (const auto& claim : claims) {
    (claim.live ? worker_metrics().live_claims : worker_metrics().claims).add();
    if (claim.attempt > 1) worker_metrics().repeated_claims.add();
    worker_metrics().queue_wait.observe(claim.waited_s);
  }
  std::size_t live = 0;
  {
    const std::lock_guard lock(mutex_);
    for (auto& claim : claims) {
      // A claim whose commit was lost in a crash of the server comes again as the same attempt: it
      // is running.
      if (!holdings_.add(claim.id, claim.attempt, claim.live)) continue;
      if (claim.live) ++live;
      auto& ready = claim.live ? ready_live_ : ready_;
      ready.emplace_back(std::move(claim), Clock::now());
    }
  }
  for (std::size_t i = 0; i < claims.size(); ++i) for_slots_.notify_one();
  for (; live > 0; --live) for_live_slots_.notify_one();
}

/// Claims of others than `owners`. Where nobody else waits that is not asked again at once: an
/// owner who is alone pays a twentieth of the time at most.
std::vector<Claim> QueueLoop::look_past(int want, const std::vector<std::string>& images,
                                        const std::vector<std::string>& owners) {
  const auto begun = Clock::now();
  if (begun < look_again_) return {};
  auto claims = queue_.claim_of_others(want, images, owners);
  const auto now = Clock::now();
  if (claims.empty())
    look_again_ = now + std::min<Clock::duration>(kLookCost * (now - begun), kLongestLook);
  return claims;
}

/// While an owner holds their share, others come first, whatever the order of the queue. Returns
/// how many were claimed.
int QueueLoop::claim_past_full_owners(int want, const std::vector<std::string>& images) {
  if (want <= 0) return 0;
  std::vector<std::string> full;
  {
    const std::lock_guard lock(mutex_);
    full = full_owners();
  }
  if (full.empty()) return 0;
  auto claims = look_past(want, images, full);
  const auto count = static_cast<int>(claims.size());
  admit(std::move(claims));
  return count;
}

/// Of what was just claimed, the last ones beyond an owner's share go back when somebody else's can
/// be had instead.
void QueueLoop::exchange_excess(std::vector<Claim>& claims,
                                const std::vector<std::string>& images) {
  std::vector<std::size_t> excess;
  std::vector<std::string> full;
  {
    const std::lock_guard lock(mutex_);
    auto held = held_by_owner();
    for (std::size_t i = 0; i < claims.size(); ++i)
      if (!claims[i].live && ++held[claims[i].owner] > share()) excess.push_back(i);
    if (excess.empty()) return;
    for (const auto& [owner, count] : held)
      if (count >= share()) full.push_back(owner);
  }
  auto others = look_past(static_cast<int>(excess.size()), images, full);
  for (auto& other : others) {
    std::swap(claims[excess.back()], other);
    unbegun_.push_back(std::move(other));
    excess.pop_back();
  }
}

void QueueLoop::hand_back_unbegun() {
  {
    const std::lock_guard lock(mutex_);
    const auto stuck = Clock::now() - settings_.stuck;
    const auto before = unbegun_.size();
    for (auto* ready : {&ready_, &ready_live_}) {
      for (auto it = ready->begin(); it != ready->end();) {
        const bool give = draining_ || paused_ || it->second < stuck;
        if (give) unbegun_.push_back(std::move(it->first));
        it = give ? ready->erase(it) : std::next(it);
      }
    }
    if (unbegun_.size() > before) last_run_ = std::chrono::hours(1);  // no claiming ahead for now
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
