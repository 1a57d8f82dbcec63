#include "worker/cancellations.hpp"

#include <exception>
#include <utility>

#include "core/log.hpp"

namespace runyard {

Cancellations::Cancellations(const Holdings& holdings, Read read)
    : holdings_(holdings), read_(std::move(read)), thread_([this] { run(); }) {}

Cancellations::~Cancellations() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void Cancellations::told(const std::string& id) {
  if (!holdings_.find(id)) return;
  {
    const std::lock_guard lock(mutex_);
    told_.insert(id);
  }
  changed_.notify_one();
}

void Cancellations::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return stop_ || !told_.empty(); });
    if (stop_) return;
    const std::vector<std::string> ids(told_.begin(), told_.end());
    told_.clear();
    lock.unlock();
    confirm(ids);
    lock.lock();
  }
}

void Cancellations::confirm(const std::vector<std::string>& ids) {
  try {
    for (const auto& id : read_(ids))
      if (const auto stop = holdings_.find(id)) stop->cancel();
  } catch (const std::exception& e) {
    log::warn("a cancellation waits for the next heartbeat", {{"error", e.what()}});
  }
}

}  // namespace runyard
