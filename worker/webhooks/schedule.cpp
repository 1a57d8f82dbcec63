#include "worker/webhooks/schedule.hpp"

#include <algorithm>
#include <iterator>

namespace runyard {

using namespace std::chrono_literals;

std::chrono::milliseconds retry_delay(int attempt, double spread) {
  constexpr std::chrono::milliseconds kDelays[] = {10s, 1min, 5min, 20min, 1h, 3h, 6h};
  static_assert(std::size(kDelays) == kWebhookAttempts - 1);
  const int index = std::clamp(attempt - 1, 0, static_cast<int>(std::size(kDelays)) - 1);
  const auto delay = kDelays[index];
  return delay + std::chrono::milliseconds(static_cast<std::int64_t>(
                     static_cast<double>(delay.count()) * 0.1 * std::clamp(spread, 0.0, 1.0)));
}

void CircuitBreaker::failed(const std::string& origin, Time now) {
  auto& receiver = receivers_[origin];
  receiver.last = now;
  if (++receiver.failures < settings_.failures) return;
  // What was under way when it closed tells nothing new.
  if (now < receiver.closed_until) return;
  receiver.pause = receiver.pause == 0ms ? settings_.first_pause
                                         : std::min(2 * receiver.pause, settings_.longest_pause);
  receiver.closed_until = now + receiver.pause;
}

int CircuitBreaker::room(const std::string& origin, Time now, int most) const {
  const auto found = receivers_.find(origin);
  if (found == receivers_.end() || found->second.failures < settings_.failures) return most;
  return now < found->second.closed_until ? 0 : std::min(1, most);
}

std::vector<std::string> CircuitBreaker::troubled() const {
  std::vector<std::string> origins;
  for (const auto& [origin, receiver] : receivers_)
    if (receiver.failures >= settings_.failures) origins.push_back(origin);
  return origins;
}

void CircuitBreaker::forget(Time before) {
  for (auto it = receivers_.begin(); it != receivers_.end();)
    it = std::max(it->second.last, it->second.closed_until) < before ? receivers_.erase(it)
                                                                     : std::next(it);
}

}  // namespace runyard
