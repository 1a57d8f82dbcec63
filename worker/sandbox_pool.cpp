#include "worker/sandbox_pool.hpp"

#include <algorithm>

#include "core/log.hpp"
#include "worker/container_scope.hpp"
#include "worker/worker_metrics.hpp"

namespace runyard {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

/// Doubles from 100 ms to 5 s: an engine that is restarting is not hammered.
std::chrono::milliseconds back_off(int failures) {
  return std::min<std::chrono::milliseconds>(100ms * (1 << std::min(failures, 6)), 5000ms);
}

// So many failures in a row are the engine's illness and not bad luck.
constexpr int kSickAfter = 3;

// How often whoever waits for memory looks whether they are stopped.
constexpr auto kLookAtStop = 100ms;

}  // namespace

SandboxPool::SandboxPool(PoolSettings settings, SandboxFactory factory)
    : settings_(settings), factory_(std::move(factory)) {
  for (int i = 0; i < settings_.creators; ++i)
    creators_.emplace_back([this] { create_until_stopped(); });
}

SandboxPool::~SandboxPool() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  wanted_.notify_all();
  created_.notify_all();
  memory_freed_.notify_all();
  for (auto& creator : creators_) creator.join();
}

void SandboxPool::keep_warm(std::map<SandboxClass, int> targets) {
  std::vector<std::unique_ptr<Sandbox>> retired;
  {
    const std::lock_guard lock(mutex_);
    targets_ = std::move(targets);
    for (auto& [sandbox_class, list] : fresh_) {
      if (targets_.count(sandbox_class) != 0 || waiting_[sandbox_class] > 0) continue;
      for (auto& fresh : list) {
        count_destroyed(Destroyed::kImageGone);
        indexes_.erase(fresh.index);
        retired.push_back(std::move(fresh.sandbox));
      }
      list.clear();
    }
  }
  wanted_.notify_all();
}

SandboxLoan SandboxPool::borrow(const SandboxClass& sandbox_class, const Tenant& tenant, bool reuse,
                                Clock::time_point deadline, const Borrower& who) {
  std::vector<std::unique_ptr<Sandbox>> dead;  // destroyed after the lock is gone
  const auto begun = Clock::now();
  bool lent = false;
  const auto lend = [&](SandboxLoan& loan, metrics::Counter& kind) {
    ++lent_;
    loan.live = who.live;
    lent = true;
    kind.add();
    sandbox_metrics().lend_time.observe(Clock::now() - begun);
    return std::move(loan);
  };
  std::unique_lock lock(mutex_);
  await_memory(lock, sandbox_class.memory_kb, who);
  deadline += Clock::now() - begun;  // it is not the engine's fault
  struct Taken {
    SandboxPool& pool;
    const std::int64_t kb;
    const bool live;
    const bool& lent;
    ~Taken() {
      if (!lent) pool.free_memory(kb, live);
    }
  } taken{*this, sandbox_class.memory_kb, who.live, lent};
  if (reuse) {
    // The one that was used last is the one whose pages are still in the caches.
    for (auto it = parked_.end(); it != parked_.begin();) {
      --it;
      if (!(it->tenant == tenant && it->sandbox->sandbox_class() == sandbox_class)) continue;
      SandboxLoan loan{std::move(it->sandbox), true, it->index};
      it = parked_.erase(it);
      if (loan.sandbox->alive()) return lend(loan, sandbox_metrics().lent_reused);
      count_destroyed(Destroyed::kDead);
      indexes_.erase(loan.index);
      dead.push_back(std::move(loan.sandbox));
    }
  }
  ++waiting_[sandbox_class];
  struct Waiting {
    int& count;
    ~Waiting() { --count; }
  } const waiting{waiting_[sandbox_class]};
  for (bool waited = false;; waited = true) {
    auto& ready = fresh_[sandbox_class];
    while (!ready.empty()) {
      SandboxLoan loan{std::move(ready.front().sandbox), false, ready.front().index};
      ready.pop_front();
      wanted_.notify_one();
      if (loan.sandbox->alive())
        return lend(loan, waited ? sandbox_metrics().lent_waited : sandbox_metrics().lent_ready);
      count_destroyed(Destroyed::kDead);
      indexes_.erase(loan.index);
      dead.push_back(std::move(loan.sandbox));
    }
    if (stop_) throw SandboxError("the worker stops");
    wanted_.notify_one();
    if (created_.wait_until(lock, deadline) == std::cv_status::timeout && ready.empty()) {
      sandbox_metrics().not_lent.add();
      throw SandboxError("no sandbox in time" + (last_error_.empty() ? "" : ": " + last_error_));
    }
  }
}

void SandboxPool::await_memory(std::unique_lock<std::mutex>& lock, std::int64_t kb,
                               const Borrower& who) {
  const auto most = settings_.memory_kb;
  // Live runs wait among themselves first, and then like everybody else.
  if (who.live && !await_turn(lock, live_memory_, kb, most / 2, who)) {
    memory_.lent_kb += kb;
    return;
  }
  await_turn(lock, memory_, kb, most, who);
}

/// Waits until it is the next and there is room, and takes its part. False: it was stopped, and has
/// its part all the same, to end at once.
bool SandboxPool::await_turn(std::unique_lock<std::mutex>& lock, Memory& memory, std::int64_t kb,
                             std::int64_t most_kb, const Borrower& who) {
  const auto place = memory.queue.insert(memory.queue.end(), &who);
  const auto stopped = [&] { return stop_ || (who.stop && who.stop->cancelled()); };
  const auto room = [&] {
    return settings_.memory_kb == 0 || (place == memory.queue.begin() &&
                                        (memory.lent_kb == 0 || memory.lent_kb + kb <= most_kb));
  };
  while (!stopped() && !room()) memory_freed_.wait_for(lock, kLookAtStop);
  const bool in_time = !stopped();
  memory.queue.erase(place);
  memory.lent_kb += kb;
  memory_freed_.notify_all();  // the next one may fit beside it
  return in_time;
}

void SandboxPool::free_memory(std::int64_t kb, bool live) {
  memory_.lent_kb -= kb;
  if (live) live_memory_.lent_kb -= kb;
  memory_freed_.notify_all();
}

void SandboxPool::give_back(SandboxLoan loan, const Tenant& tenant, bool clean) {
  std::unique_ptr<Sandbox> retired;
  {
    const std::lock_guard lock(mutex_);
    --lent_;
    free_memory(loan.sandbox->sandbox_class().memory_kb, loan.live);
    const bool keep = clean && !stop_ && loan.sandbox->jobs() < settings_.max_jobs &&
                      Clock::now() - loan.sandbox->started() < settings_.max_age;
    if (keep) {
      parked_.push_back({std::move(loan.sandbox), loan.index, tenant, Clock::now()});
    } else {
      count_destroyed(clean && !stop_ ? Destroyed::kUsedUp : Destroyed::kUnclean);
      indexes_.erase(loan.index);
      retired = std::move(loan.sandbox);
    }
  }
  wanted_.notify_one();
}

int SandboxPool::idle() const {
  const std::lock_guard lock(mutex_);
  int count = static_cast<int>(parked_.size());
  for (const auto& [sandbox_class, list] : fresh_) count += static_cast<int>(list.size());
  return count;
}

SandboxPool::Counts SandboxPool::counts() const {
  const std::lock_guard lock(mutex_);
  Counts counts;
  counts.parked = static_cast<int>(parked_.size());
  counts.lent = lent_;
  counts.lent_kb = memory_.lent_kb;
  counts.await_memory = static_cast<int>(memory_.queue.size() + live_memory_.queue.size());
  for (const auto& [sandbox_class, list] : fresh_) counts.ready += static_cast<int>(list.size());
  for (const auto& [sandbox_class, count] : creating_) counts.starting += count;
  return counts;
}

bool SandboxPool::healthy() const {
  const std::lock_guard lock(mutex_);
  if (failures_ < kSickAfter || !parked_.empty()) return true;
  if (std::any_of(fresh_.begin(), fresh_.end(),
                  [](const auto& entry) { return !entry.second.empty(); }))
    return true;
  // Where nothing is held ready, only a claim will find out that the engine is back.
  SandboxClass next;
  const bool being_tried =
      next_to_create(next) || std::any_of(creating_.begin(), creating_.end(),
                                          [](const auto& entry) { return entry.second > 0; });
  return !being_tried && Clock::now() >= allowed_after();
}

void SandboxPool::tidy() {
  std::vector<std::unique_ptr<Sandbox>> retired;
  {
    const std::lock_guard lock(mutex_);
    const auto now = Clock::now();
    for (auto it = parked_.begin(); it != parked_.end();) {
      const bool dead = !it->sandbox->alive();
      const bool old = now - it->sandbox->started() > settings_.max_age;
      const bool useless = dead || old || now - it->since > settings_.max_idle;
      if (useless) {
        count_destroyed(dead ? Destroyed::kDead : old ? Destroyed::kUsedUp : Destroyed::kIdle);
        indexes_.erase(it->index);
        retired.push_back(std::move(it->sandbox));
      }
      it = useless ? parked_.erase(it) : std::next(it);
    }
    for (auto& [sandbox_class, list] : fresh_) {
      const auto target = targets_.find(sandbox_class);
      const auto keep = static_cast<std::size_t>(target == targets_.end() ? 0 : target->second);
      for (auto it = list.begin(); it != list.end();) {
        const bool dead = !it->sandbox->alive();
        const bool useless =
            dead || (list.size() > keep && now - it->sandbox->started() > settings_.max_idle);
        if (useless) {
          count_destroyed(dead ? Destroyed::kDead : Destroyed::kIdle);
          indexes_.erase(it->index);
          retired.push_back(std::move(it->sandbox));
        }
        it = useless ? list.erase(it) : std::next(it);
      }
    }
  }
  if (!retired.empty()) wanted_.notify_all();
}

int SandboxPool::total() const { return static_cast<int>(indexes_.size()); }

int SandboxPool::take_index() {
  // Round and round, not the lowest free one: a container that is still ending must not share its
  // user ids with the next one that starts.
  do {
    last_index_ = (last_index_ + 1) % kSandboxesPerWorker;
  } while (indexes_.count(last_index_) != 0);
  indexes_.insert(last_index_);
  return last_index_;
}

std::unique_ptr<Sandbox> SandboxPool::evict_one() {
  if (!parked_.empty()) {
    auto sandbox = std::move(parked_.front().sandbox);
    indexes_.erase(parked_.front().index);
    parked_.pop_front();
    return sandbox;
  }
  for (auto& [sandbox_class, list] : fresh_) {
    if (list.empty() || waiting_[sandbox_class] > 0) continue;
    auto sandbox = std::move(list.front().sandbox);
    indexes_.erase(list.front().index);
    list.pop_front();
    return sandbox;
  }
  return nullptr;
}

bool SandboxPool::next_to_create(SandboxClass& out) const {
  const auto count = [](const std::map<SandboxClass, int>& map, const SandboxClass& key) {
    const auto found = map.find(key);
    return found == map.end() ? 0 : found->second;
  };
  const auto ready = [&](const SandboxClass& sandbox_class) {
    const auto found = fresh_.find(sandbox_class);
    return found == fresh_.end() ? 0 : static_cast<int>(found->second.size());
  };
  // Whoever waits comes first, unless one that has just been made is his; then what is most short
  // of its target.
  for (const auto& [sandbox_class, waiting] : waiting_)
    if (waiting > count(creating_, sandbox_class) + ready(sandbox_class)) {
      out = sandbox_class;
      return true;
    }
  if (total() >= settings_.max_sandboxes) return false;
  int worst = 0;
  for (const auto& [sandbox_class, target] : targets_) {
    const int missing = target - ready(sandbox_class) - count(creating_, sandbox_class);
    if (missing > worst) {
      worst = missing;
      out = sandbox_class;
    }
  }
  return worst > 0;
}

Clock::time_point SandboxPool::allowed_after() const {
  return failures_ == 0 ? Clock::time_point::min() : last_failure_ + back_off(failures_);
}

void SandboxPool::create_until_stopped() {
  std::unique_lock lock(mutex_);
  while (!stop_) {
    SandboxClass next;
    if (const auto allowed = allowed_after(); Clock::now() < allowed) {
      wanted_.wait_until(lock, allowed);
      continue;
    }
    if (!next_to_create(next)) {
      wanted_.wait(lock);
      continue;
    }
    std::unique_ptr<Sandbox> evicted;
    if (total() >= settings_.max_sandboxes) {
      evicted = evict_one();
      if (evicted) count_destroyed(Destroyed::kEvicted);
      if (!evicted && total() >= kSandboxesPerWorker) {  // all are at work: one will come back
        wanted_.wait_for(lock, 100ms);
        continue;
      }
    }
    const int index = take_index();
    ++creating_[next];
    std::unique_ptr<Sandbox> made;
    std::string error;
    lock.unlock();
    evicted.reset();
    const auto begun = Clock::now();
    try {
      made = factory_(next, index);
    } catch (const std::exception& e) {  // also when this host is out of memory or descriptors
      error = e.what();
    }
    if (made) sandbox_metrics().start_time.observe(Clock::now() - begun);
    (made ? sandbox_metrics().started : sandbox_metrics().start_failed).add();
    lock.lock();
    --creating_[next];
    if (made) {
      failures_ = 0;
      last_error_.clear();
      fresh_[next].push_back({std::move(made), index});
    } else {
      indexes_.erase(index);
      ++failures_;
      last_failure_ = Clock::now();
      last_error_ = error;
      log::error("cannot start a sandbox", {{"failures", failures_}, {"error", error}});
    }
    created_.notify_all();
  }
}

}  // namespace runyard
