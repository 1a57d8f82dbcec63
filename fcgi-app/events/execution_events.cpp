#include "fcgi-app/events/execution_events.hpp"

#include <algorithm>
#include <utility>

#include "fcgi-app/events/event_format.hpp"
#include "fcgi-app/events/stored_events.hpp"

namespace runyard {
namespace {

constexpr std::size_t kEventsAtOnce = 16;  // as LiveStore::events() gives them

}  // namespace

ExecutionEvents::ExecutionEvents(LiveReader& live, Executions& executions, EventWish wish,
                                 std::unique_ptr<ListenerPlaces::Place> place)
    : live_(live),
      executions_(executions),
      wish_(std::move(wish)),
      place_(std::move(place)),
      after_(wish_.after.value_or(0)) {}

bool ExecutionEvents::is_behind(const LiveState& state) const {
  return state.over || state.newest > after_;
}

BodyStream::Part ExecutionEvents::read() {
  auto part = next();
  begun_ = true;
  return part;
}

BodyStream::Part ExecutionEvents::next() {
  Part part;
  if (!begun_) {
    part.bytes = kStreamStart;
    over_ = look_whether_over();
    if (wish_.queued && !wish_.after && !over_) part.bytes += format_queued();
  }
  std::vector<LiveEvent> events;
  if (published_) events = live_.events(wish_.execution_id, after_);
  // Events go ten minutes after they came, the first ones first.
  if (over_ && !events.empty() && !follows(events.front().id)) {
    published_ = false;
    events.clear();
  }
  if (!events.empty()) {
    append(events, part);
    part.more = over_ || events.size() >= kEventsAtOnce;
  } else if (over_) {
    finish(part);
  } else {
    // What was published between the two looks is found by one more.
    part.more = over_ = begun_ && look_whether_over();
  }
  return part;
}

bool ExecutionEvents::look_whether_over() {
  const auto states = live_.states({wish_.execution_id});
  return states.empty() || states.front().over;
}

/// Whether nothing is missing between the last event and this one.
bool ExecutionEvents::follows(std::int64_t id) const {
  return id == after_ + 1 || id % kLiveIdsPerAttempt == 1;
}

void ExecutionEvents::append(const std::vector<LiveEvent>& events, Part& part) {
  for (const auto& event : events) part.bytes += format_event(event, wish_.encoding);
  after_ = events.back().id;
}

void ExecutionEvents::finish(Part& part) {
  const auto execution = executions_.find(wish_.execution_id, wish_.owner);
  part.over = true;
  if (!execution || !is_terminal(execution->status)) return;  // deleted
  if (append_stored(*execution, part))
    part.bytes += format_end(*execution, wish_.encoding);
  else
    part.more = !(part.over = false);
}

bool ExecutionEvents::append_stored(const Execution& execution, Part& part) {
  const auto begin = live_end_id(execution.attempt) + 1 - kLiveIdsPerAttempt;
  // Whoever has seen the program run knows the beginning, in other pieces: the end has it whole.
  if (after_ > begin && after_ < begin + kFirstStoredEvent) return true;
  auto events = stored_events(execution);
  events.erase(events.begin(), std::find_if(events.begin(), events.end(),
                                            [&](const auto& event) { return event.id > after_; }));
  const bool all = events.size() <= kEventsAtOnce;
  if (!all) events.resize(kEventsAtOnce);
  if (!events.empty()) append(events, part);
  return all;
}

}  // namespace runyard
