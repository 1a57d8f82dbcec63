#include "worker/live_runs.hpp"

#include <algorithm>
#include <chrono>

#include "core/log.hpp"

namespace runyard {
namespace {

using namespace std::chrono_literals;

// The safety net under the notifications.
constexpr auto kLook = 1s;
// Of one run's input at a time: nobody's flood may keep another's line waiting.
constexpr int kPages = 8;
// Notifications go to all workers, so most are not for this one.
constexpr std::size_t kEarly = 1024;

}  // namespace

LiveTables live_tables(LiveStore& store) {
  return {[&store](const std::vector<LiveEvents>& batch) { store.publish(batch); },
          [&store](const std::string& id, std::int64_t after) { return store.input(id, after); },
          [&store](const std::string& id, std::int64_t up_to) { store.forget_input(id, up_to); },
          [&store] { store.tidy(); },
          [&store](const std::string& id) { return store.followed(id); }};
}

LiveRuns::LiveRuns(LiveTables tables)
    : tables_(std::move(tables)), publisher_(tables_.publish), thread_([this] { read(); }) {}

LiveRuns::~LiveRuns() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

LiveRuns::Run::~Run() {
  flush();
  runs_.end(feed_);
}

void LiveRuns::Run::flush() {
  if (std::exchange(flushed_, true)) return;
  runs_.publisher_.finish(feed_);
}

JobInput& LiveRuns::Run::type_into(std::string first, bool tty) {
  input_ = runs_.add_input(*feed_, std::move(first), tty);
  return *input_;
}

std::unique_ptr<LiveRuns::Run> LiveRuns::begin(const std::string& id, int attempt, bool followed) {
  // The feed tells the publisher of itself, without owning itself.
  auto self = std::make_shared<std::weak_ptr<LiveFeed>>();
  auto feed = std::make_shared<LiveFeed>(id, attempt, followed, [this, self] {
    if (auto shared = self->lock()) publisher_.news(shared);
  });
  *self = feed;
  auto entry = std::make_shared<Entry>();
  entry->feed = feed;
  {
    const std::lock_guard lock(mutex_);
    entry->asked = !followed && std::find(early_.begin(), early_.end(), id) != early_.end();
    entries_[id] = std::move(entry);
  }
  changed_.notify_one();
  return std::make_unique<Run>(*this, std::move(feed));
}

void LiveRuns::end(const std::shared_ptr<LiveFeed>& feed) {
  const std::lock_guard lock(mutex_);
  // A later attempt may have taken its place.
  const auto found = entries_.find(feed->execution_id());
  if (found == entries_.end() || found->second->feed != feed) return;
  if (found->second->input) found->second->input->on_taken({});
  entries_.erase(found);
}

std::shared_ptr<JobInput> LiveRuns::add_input(const LiveFeed& feed, std::string first, bool tty) {
  auto input = std::make_shared<JobInput>(std::move(first), tty);
  std::weak_ptr<LiveFeed> answers;
  {
    const std::lock_guard lock(mutex_);
    const auto found = entries_.find(feed.execution_id());
    if (found != entries_.end() && found->second->feed.get() == &feed) {
      found->second->input = input;
      answers = found->second->feed;
    }
  }
  input->on_taken([this, answers, id = feed.execution_id()] {
    if (const auto shared = answers.lock()) shared->typed();
    look_at(id);
  });
  changed_.notify_one();
  return input;
}

void LiveRuns::told(const std::string& id) {
  {
    const std::lock_guard lock(mutex_);
    const auto found = entries_.find(id);
    if (found == entries_.end()) {
      early_.push_back(id);
      if (early_.size() > kEarly) early_.pop_front();
      return;
    }
    auto& entry = *found->second;
    entry.due = true;
    entry.asked = entry.asked || !entry.feed->followed();
  }
  changed_.notify_one();
}

void LiveRuns::follow(const std::string& id) {
  std::shared_ptr<LiveFeed> feed;
  {
    const std::lock_guard lock(mutex_);
    const auto found = entries_.find(id);
    if (found == entries_.end()) return;
    feed = found->second->feed;
  }
  feed->follow();
}

void LiveRuns::look_again() {
  {
    const std::lock_guard lock(mutex_);
    for (auto& [id, entry] : entries_) entry->due = true;
  }
  changed_.notify_one();
}

void LiveRuns::look_at(const std::string& id) {
  {
    const std::lock_guard lock(mutex_);
    const auto found = entries_.find(id);
    if (found != entries_.end()) found->second->due = true;
  }
  changed_.notify_one();
}

void LiveRuns::read() {
  auto look = std::chrono::steady_clock::now();
  std::unique_lock lock(mutex_);
  while (!stop_) {
    const auto typed_into = [](const auto& item) { return item.second->input != nullptr; };
    const bool any = std::any_of(entries_.begin(), entries_.end(), typed_into);
    const auto due = [&](const auto& item) {
      return item.second->asked || (typed_into(item) && item.second->due);
    };
    const bool now = std::chrono::steady_clock::now() >= look;
    std::vector<Work> work;
    for (auto& item : entries_) {
      if (!due(item) && !(now && typed_into(item))) continue;
      auto& entry = *item.second;
      work.push_back({item.first, item.second, entry.input, std::exchange(entry.asked, false)});
      if (entry.input) entry.due = false;
    }
    if (work.empty()) {
      const auto ready = [&] {
        return stop_ || std::any_of(entries_.begin(), entries_.end(), due);
      };
      if (any)
        changed_.wait_until(lock, look, ready);
      else
        changed_.wait(lock, ready);
      continue;
    }
    if (now) look = std::chrono::steady_clock::now() + kLook;
    lock.unlock();
    for (const auto& one : work)
      if (!serve(one)) break;
    lock.lock();
  }
}

/// What is not found out now, another look or a heartbeat finds.
bool LiveRuns::serve(const Work& work) {
  try {
    if (work.asked && tables_.followed(work.id)) work.entry->feed->follow();
    if (work.input) read_input(work);
    return true;
  } catch (const std::exception& e) {
    log::warn("input waits", {{"execution", work.id}, {"error", e.what()}});
    return false;
  }
}

void LiveRuns::read_input(const Work& work) {
  const auto& id = work.id;
  auto& entry = *work.entry;
  auto& input = *work.input;
  bool more = true;
  for (int page = 0; more && page < kPages; ++page) {
    const auto pieces = tables_.read(id, input.last_id());
    for (const auto& piece : pieces) input.add(piece);
    more = !pieces.empty();
  }
  if (more) look_at(id);
  const auto done = input.done_id();
  if (done > entry.forgotten) tables_.forget(id, done);
  entry.forgotten = std::max(entry.forgotten, done);
}

}  // namespace runyard
