#include "worker/live_publisher.hpp"

#include <algorithm>

#include "core/errors.hpp"
#include "core/log.hpp"

namespace runyard {
namespace {

using namespace std::chrono_literals;
using Clock = LiveFeed::Clock;

constexpr auto kTryAgain = 200ms;
// A result waits so long for its last output; then whoever follows finds it in the result.
constexpr auto kPatience = 10s;

}  // namespace

LivePublisher::LivePublisher(Publish publish)
    : publish_(std::move(publish)), thread_([this] { run(); }) {}

LivePublisher::~LivePublisher() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  changed_.notify_all();
  published_.notify_all();
  thread_.join();
}

void LivePublisher::news(const std::shared_ptr<LiveFeed>& feed) {
  {
    const std::lock_guard lock(mutex_);
    feeds_.insert(feed);
  }
  changed_.notify_one();
}

void LivePublisher::finish(const std::shared_ptr<LiveFeed>& feed) {
  feed->end_output();
  feed->hurry();
  {
    std::unique_lock lock(mutex_);
    published_.wait_for(lock, kPatience, [&] { return feed->done() || away_ || stop_; });
    feeds_.erase(feed);
  }
  feed->close();
}

Clock::time_point LivePublisher::next_due() const {
  auto next = Clock::time_point::max();
  for (const auto& feed : feeds_)
    if (const auto due = feed->due()) next = std::min(next, *due);
  return away_ ? std::max(next, again_) : next;
}

std::vector<std::shared_ptr<LiveFeed>> LivePublisher::take_due(Clock::time_point now) {
  std::vector<std::shared_ptr<LiveFeed>> due;
  for (auto it = feeds_.begin(); it != feeds_.end();) {
    const auto at = (*it)->due();
    if (at && *at <= now) due.push_back(*it);
    it = at ? std::next(it) : feeds_.erase(it);
  }
  return due;
}

void LivePublisher::run() {
  std::unique_lock lock(mutex_);
  while (!stop_) {
    const auto now = Clock::now();
    if (const auto next = next_due(); next > now) {
      if (next == Clock::time_point::max())
        changed_.wait(lock);
      else
        changed_.wait_until(lock, next);
      continue;
    }
    const auto due = take_due(now);
    lock.unlock();
    bool away = false;
    try {
      publish(due);
    } catch (const DatabaseUnavailable& e) {
      away = true;
      if (!away_) log::warn("live output waits", {{"error", e.what()}});
    } catch (const std::exception& e) {
      log::warn("live output of several runs is refused", {{"error", e.what()}});
      away = !publish_each(due);
    }
    lock.lock();
    away_ = away;
    again_ = Clock::now() + kTryAgain;
    published_.notify_all();
  }
}

void LivePublisher::publish(const std::vector<std::shared_ptr<LiveFeed>>& feeds) {
  std::vector<LiveEvents> batch;
  for (const auto& feed : feeds) batch.push_back(feed->take(Clock::now()));
  publish_(batch);
  for (const auto& feed : feeds) feed->published();
}

/// What the database refuses of one execution must not hold up the others. False: it is away.
bool LivePublisher::publish_each(const std::vector<std::shared_ptr<LiveFeed>>& feeds) {
  for (const auto& feed : feeds) {
    try {
      publish({feed});
    } catch (const DatabaseUnavailable&) {
      return false;
    } catch (const std::exception& e) {
      log::error("live output is dropped",
                 {{"execution", feed->execution_id()}, {"error", e.what()}});
      feed->close();
    }
  }
  return true;
}

}  // namespace runyard
