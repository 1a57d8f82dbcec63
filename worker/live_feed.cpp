#include "worker/live_feed.hpp"

#include <algorithm>

#include "core/live_events.hpp"
#include "core/text.hpp"

namespace runyard {
namespace {

// Two streams that take turns all the time would be one event a byte: from here on each goes on in
// its own last event.
constexpr std::size_t kMaxTurns = 4096;

}  // namespace

LiveFeed::LiveFeed(std::string execution_id, int attempt, bool followed,
                   std::function<void()> on_news)
    : execution_id_(std::move(execution_id)),
      attempt_(attempt),
      on_news_(std::move(on_news)),
      followed_(followed) {}

template <typename Change>
void LiveFeed::change(const Change& apply) {
  bool news = false;
  {
    const std::lock_guard lock(mutex_);
    if (closed_) return;
    apply();
    news = has_news();
  }
  if (news && on_news_) on_news_();
}

bool LiveFeed::has_news() const { return followed_ && !closed_ && events_.size() > taken_; }

void LiveFeed::add(LiveEventKind kind, std::string data) {
  bytes_ += data.size();
  events_.push_back({kind, std::move(data)});
}

void LiveFeed::append(LiveEventKind kind, std::string_view text) {
  while (!text.empty()) {
    Event* open = nullptr;  // the event that goes on
    if (events_.size() > taken_ && events_.back().kind == kind) {
      open = &events_.back();
    } else if (events_.size() - taken_ > kMaxTurns) {
      const auto fresh = events_.rend() - static_cast<std::ptrdiff_t>(taken_);
      const auto same = std::find_if(events_.rbegin(), fresh,
                                     [&](const Event& event) { return event.kind == kind; });
      if (same != fresh) open = &*same;
    }
    if (open == nullptr || open->data.size() >= kMaxLivePiece) {
      events_.push_back({kind, {}});
      open = &events_.back();
    }
    auto part = text.substr(0, kMaxLivePiece - open->data.size());
    if (part.size() < text.size()) part.remove_suffix(unfinished_character(part));
    if (part.empty()) {  // not one character fits
      events_.push_back({kind, {}});
      continue;
    }
    open->data += part;
    bytes_ += part.size();
    text.remove_prefix(part.size());
  }
}

void LiveFeed::stage(std::string_view name) {
  change([&] {
    add(LiveEventKind::kStatus, stage_event(name, attempt_));
    urgent_ = true;
  });
}

void LiveFeed::test(std::string json) {
  change([&] {
    add(LiveEventKind::kTest, std::move(json));
    urgent_ = true;
  });
}

void LiveFeed::output(bool is_errors, std::string_view bytes) {
  change([&] {
    auto& held = held_[is_errors ? 1 : 0];
    const auto kind = is_errors ? LiveEventKind::kStderr : LiveEventKind::kStdout;
    if (held.empty()) {
      const auto begun = unfinished_character(bytes);
      append(kind, bytes.substr(0, bytes.size() - begun));
      held.assign(bytes.substr(bytes.size() - begun));
      return;
    }
    held += bytes;
    const auto begun = unfinished_character(held);
    append(kind, std::string_view(held).substr(0, held.size() - begun));
    held.erase(0, held.size() - begun);
  });
}

void LiveFeed::end_output() {
  change([&] {
    append(LiveEventKind::kStdout, held_[0]);
    append(LiveEventKind::kStderr, held_[1]);
    for (auto& held : held_) held.clear();
  });
}

void LiveFeed::typed() {
  const std::lock_guard lock(mutex_);
  paced_ = {};
}

void LiveFeed::mark() {
  const std::lock_guard lock(mutex_);
  marked_ = number_ + static_cast<std::int64_t>(events_.size());
}

bool LiveFeed::rewind() {
  const std::lock_guard lock(mutex_);
  if (number_ + static_cast<std::int64_t>(taken_) > marked_) return false;
  const auto keep = static_cast<std::size_t>(marked_ - number_);
  events_.resize(std::min(events_.size(), keep), Event{LiveEventKind::kStatus, {}});
  bytes_ = 0;
  for (std::size_t i = taken_; i < events_.size(); ++i) bytes_ += events_[i].data.size();
  for (auto& held : held_) held.clear();
  return true;
}

void LiveFeed::follow() {
  change([&] { followed_ = true; });
}

bool LiveFeed::followed() const {
  const std::lock_guard lock(mutex_);
  return followed_;
}

std::optional<LiveFeed::Clock::time_point> LiveFeed::due() const {
  const std::lock_guard lock(mutex_);
  if (!has_news() && taken_ == 0) return std::nullopt;
  if (!followed_ || closed_) return std::nullopt;
  if (taken_ > 0 || urgent_ || bytes_ >= kBatchBytes) return Clock::time_point::min();
  return paced_ - (kBurst - 1) * kBatchTime;
}

LiveEvents LiveFeed::take(Clock::time_point now) {
  const std::lock_guard lock(mutex_);
  LiveEvents batch{execution_id_, {}};
  if (!followed_ || closed_) return batch;
  if (taken_ == 0) {
    bool output = false;
    for (std::size_t bytes = 0; taken_ < events_.size() && bytes < kTakenBytes; ++taken_) {
      const auto& event = events_[taken_];
      bytes += event.data.size();
      bytes_ -= event.data.size();
      // A stage that has just begun does not hold up the first word.
      output = output || event.kind != LiveEventKind::kStatus;
    }
    if (output) paced_ = std::max(paced_, now) + kBatchTime;
    urgent_ = taken_ < events_.size();
  }
  for (std::size_t i = 0; i < taken_; ++i)
    batch.events.push_back(
        {(attempt_ - 1) * kLiveIdsPerAttempt + number_ + static_cast<std::int64_t>(i),
         events_[i].kind, events_[i].data});
  return batch;
}

void LiveFeed::published() {
  const std::lock_guard lock(mutex_);
  const auto count = std::min(taken_, events_.size());
  events_.erase(events_.begin(), events_.begin() + static_cast<std::ptrdiff_t>(count));
  number_ += static_cast<std::int64_t>(count);
  taken_ = 0;
}

bool LiveFeed::done() const {
  const std::lock_guard lock(mutex_);
  return !followed_ || closed_ || events_.empty();
}

void LiveFeed::hurry() {
  change([&] { urgent_ = true; });
}

void LiveFeed::close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  events_.clear();
  taken_ = bytes_ = 0;
}

}  // namespace runyard
