#include "fcgi-app/waiters.hpp"

#include <algorithm>
#include <utility>

namespace runyard {

Waiters::Place::Place(Waiters& waiters, std::string id, std::string owner)
    : waiters_(waiters), id_(std::move(id)), owner_(std::move(owner)) {
  const std::lock_guard lock(waiters_.mutex_);
  if (waiters_.stopped_ || waiters_.waiting_.size() >= static_cast<std::size_t>(waiters_.places_))
    return;
  const auto held = waiters_.of_owner_.find(owner_);
  if (held != waiters_.of_owner_.end() && held->second >= waiters_.places_per_owner_) return;
  waiters_.waiting_.emplace(id_, this);
  ++waiters_.of_owner_[owner_];
  registered_ = true;
}

Waiters::Place::~Place() {
  if (!registered_) return;
  const std::lock_guard lock(waiters_.mutex_);
  const auto [begin, end] = waiters_.waiting_.equal_range(id_);
  const auto own =
      std::find_if(begin, end, [this](const auto& entry) { return entry.second == this; });
  waiters_.waiting_.erase(own);
  const auto held = waiters_.of_owner_.find(owner_);
  if (--held->second == 0) waiters_.of_owner_.erase(held);
}

bool Waiters::Place::wait_until(Clock::time_point deadline) {
  if (!registered_) return false;
  std::unique_lock lock(waiters_.mutex_);
  changed_.wait_until(lock, deadline, [this] { return signalled_ || waiters_.stopped_; });
  signalled_ = false;
  return !waiters_.stopped_;
}

void Waiters::signal(Place& place) {
  place.signalled_ = true;
  place.changed_.notify_one();
}

void Waiters::notify(const std::string& id) {
  const std::lock_guard lock(mutex_);
  const auto [begin, end] = waiting_.equal_range(id);
  for (auto entry = begin; entry != end; ++entry) signal(*entry->second);
}

void Waiters::notify_all() {
  const std::lock_guard lock(mutex_);
  for (const auto& entry : waiting_) signal(*entry.second);
}

void Waiters::stop() {
  const std::lock_guard lock(mutex_);
  stopped_ = true;
  for (const auto& entry : waiting_) signal(*entry.second);
}

int Waiters::waiting() const {
  const std::lock_guard lock(mutex_);
  return static_cast<int>(waiting_.size());
}

}  // namespace runyard
