#include "core/notification_gate.hpp"

#include <algorithm>

#include "core/ids.hpp"
#include "core/listener.hpp"

namespace runyard {
namespace {

using namespace std::chrono_literals;

/// So many at once, and then one each so often.
struct Rate {
  int burst;
  std::chrono::milliseconds each;
};

// Each one that passes costs a look into the database.
Rate rate_of(const std::string& channel) {
  if (channel == kWorkChannel) return {200, 2ms};                               // all submissions
  if (channel == kLiveChannel || channel == kOutputChannel) return {50, 10ms};  // what is typed
  return {10, 100ms};  // what happens once or twice in the life of an execution or a worker
}

bool is_well_formed(const std::string& channel, const std::string& payload) {
  return channel == kWorkChannel ? payload.empty() : is_uuid(payload);
}

constexpr auto kLostAgain = 1s;
constexpr auto kForgetAgain = 100ms;

}  // namespace

bool NotificationGate::passes(const std::string& channel, const std::string& payload,
                              Clock::time_point now) {
  if (!is_well_formed(channel, payload)) return false;
  const auto key = channel + ' ' + payload;
  auto found = entries_.find(key);
  if (found == entries_.end()) {
    if (entries_.size() >= kMost && now >= forget_again_) forget(now);
    if (entries_.size() >= kMost) {
      lost_ = true;
      return false;
    }
    found = entries_.emplace(key, Entry{{channel, payload}, now}).first;
  }
  auto& entry = found->second;
  if (entry.held) return false;
  const auto rate = rate_of(channel);
  if (entry.paid - now > (rate.burst - 1) * rate.each) {
    entry.held = true;
    held_.push_back(&entry);
    return false;
  }
  entry.paid = std::max(entry.paid, now) + rate.each;
  return true;
}

std::vector<Hint> NotificationGate::due(Clock::time_point now) {
  std::vector<Hint> hints;
  const auto waits = [&](Entry* entry) {
    const auto rate = rate_of(entry->hint.channel);
    if (entry->paid - now > (rate.burst - 1) * rate.each) return true;
    entry->paid = std::max(entry->paid, now) + rate.each;
    entry->held = false;
    hints.push_back(entry->hint);
    return false;
  };
  held_.erase(std::stable_partition(held_.begin(), held_.end(), waits), held_.end());
  return hints;
}

bool NotificationGate::lost(Clock::time_point now) {
  if (!lost_ || now < lost_again_) return false;
  lost_ = false;
  lost_again_ = now + kLostAgain;
  return true;
}

std::optional<NotificationGate::Clock::time_point> NotificationGate::next() const {
  std::optional<Clock::time_point> next;
  if (lost_) next = lost_again_;
  for (const auto* entry : held_) {
    const auto rate = rate_of(entry->hint.channel);
    const auto at = entry->paid - (rate.burst - 1) * rate.each;
    next = next ? std::min(*next, at) : at;
  }
  return next;
}

void NotificationGate::forget(Clock::time_point now) {
  forget_again_ = now + kForgetAgain;
  for (auto it = entries_.begin(); it != entries_.end();)
    it = it->second.paid <= now && !it->second.held ? entries_.erase(it) : std::next(it);
}

}  // namespace runyard
