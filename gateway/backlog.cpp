#include "gateway/backlog.hpp"

#include <vector>

#include "gateway/gateway_metrics.hpp"

namespace runyard::gateway {

void Backlog::Part::set(std::size_t bytes) {
  const auto counted = bytes > kFree ? bytes : 0;
  // Most clients keep nothing, and need no lock for it.
  if (counted == counted_) return;
  counted_ = counted;
  backlog_.change(*this, counted);
}

void Backlog::change(Part& part, std::size_t bytes) {
  std::vector<std::function<void()>> given_up;
  {
    const std::lock_guard lock(mutex_);
    if (part.given_up_) return;
    bytes_ = bytes_ - part.bytes_ + bytes;
    part.bytes_ = bytes;
    if (part.listed_ && bytes == 0) {
      oldest_first_.erase(part.place_);
      part.listed_ = false;
    } else if (!part.listed_ && bytes > 0) {
      part.place_ = oldest_first_.insert(oldest_first_.end(), &part);
      part.listed_ = true;
    }
    while (bytes_ > limit_ && !oldest_first_.empty()) {
      auto& oldest = *oldest_first_.front();
      oldest_first_.pop_front();
      oldest.listed_ = false;
      oldest.given_up_ = true;
      bytes_ -= oldest.bytes_;
      given_up.push_back(oldest.give_up_);
    }
  }
  for (const auto& give_up : given_up) {
    gateway_metrics().given_up.add();
    give_up();
  }
}

std::size_t Backlog::bytes() const {
  const std::lock_guard lock(mutex_);
  return bytes_;
}

}  // namespace runyard::gateway
