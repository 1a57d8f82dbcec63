#include "fcgi-app/fleet_monitor.hpp"

#include <exception>

#include "core/log.hpp"
#include "core/schema.hpp"

namespace runyard {

bool FleetView::can_run(const Language& language) const {
  return !images_known || images.count(language.image) != 0;
}

std::string FleetView::why_not_ready(Clock::time_point now,
                                     std::chrono::milliseconds patience) const {
  if (other_schema >= 0)
    return "the database has schema version " + std::to_string(other_schema) +
           ", this program needs " + std::to_string(kSchemaVersion);
  if (!database_up) return "the database is away";
  if (now - seen > patience) return "the database does not answer";
  if (read_only) return "the database is read-only";
  if (live_workers == 0) return "no worker is running";
  if (draining_workers >= live_workers) return "all workers are being drained";
  if (images.empty()) return "no worker has the image of any language";
  if (next_since && now - *next_since >= kNotServed)
    return "programs wait although workers are idle";
  return "";
}

FleetView next_view(const FleetView& before, const Fleet& fleet, std::int64_t max_queued,
                    FleetView::Clock::time_point now) {
  FleetView view;
  view.database_up = true;
  view.seen = now;
  view.read_only = fleet.read_only;
  view.queue_full = fleet.queued >= max_queued;
  view.live_workers = fleet.live_workers;
  view.draining_workers = fleet.draining_workers;
  const bool live = fleet.live_workers > 0;
  view.images = live ? fleet.images : before.images;
  view.images_known = live || before.images_known;
  view.local = fleet.local;
  view.next = fleet.next;
  // Anything else than the same one waiting beside idle workers is progress, or no fault of theirs.
  if (fleet.room && !fleet.next.empty())
    view.next_since = before.next == fleet.next && before.next_since ? before.next_since : now;
  return view;
}

FleetMonitor::FleetMonitor(Look look, std::int64_t max_queued, std::chrono::milliseconds interval)
    : look_(std::move(look)),
      max_queued_(max_queued),
      patience_(interval + std::chrono::seconds(5)),
      view_(std::make_shared<FleetView>()) {
  refresh();
  thread_ = std::thread([this, interval] { run(interval); });
}

FleetMonitor::~FleetMonitor() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

std::shared_ptr<const FleetView> FleetMonitor::view() const {
  const std::lock_guard lock(mutex_);
  return view_;
}

std::string FleetMonitor::why_not_ready() const {
  return view()->why_not_ready(FleetView::Clock::now(), patience_);
}

void FleetMonitor::run(std::chrono::milliseconds interval) {
  std::unique_lock lock(mutex_);
  while (!changed_.wait_for(lock, interval, [this] { return stop_; })) {
    lock.unlock();
    refresh();
    lock.lock();
  }
}

void FleetMonitor::refresh() {
  const auto before = view();
  auto next = std::make_shared<FleetView>(*before);
  std::string failure;
  try {
    const auto now = FleetView::Clock::now();
    const auto fleet = look_(max_queued_);
    *next = next_view(*before, fleet, max_queued_, now);
  } catch (const SchemaMismatch& error) {
    next->other_schema = error.version;
    failure = error.what();
  } catch (const std::exception& error) {
    // Whoever needs the database finds out by himself; what was known of the workers still counts.
    next->database_up = false;
    failure = error.what();
  }
  if (failure.empty() && failing_) log::info("fleet is seen again");
  if (!failure.empty() && !failing_) log::warn("fleet cannot be seen", {{"error", failure}});
  failing_ = !failure.empty();
  const std::lock_guard lock(mutex_);
  view_ = std::move(next);
}

}  // namespace runyard
