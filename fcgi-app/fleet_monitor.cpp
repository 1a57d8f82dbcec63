#include "fcgi-app/fleet_monitor.hpp"

#include <exception>

#include "core/log.hpp"

namespace runyard {

bool FleetView::can_run(const Language& language) const {
  return !images_known || images.count(language.image) != 0;
}

FleetView next_view(const FleetView& before, const Fleet& fleet, std::int64_t max_queued) {
  FleetView view;
  view.database_up = true;
  view.queue_full = fleet.queued >= max_queued;
  view.live_workers = fleet.live_workers;
  const bool live = fleet.live_workers > 0;
  view.images = live ? fleet.images : before.images;
  view.images_known = live || before.images_known;
  view.local = fleet.local;
  return view;
}

FleetMonitor::FleetMonitor(Look look, std::int64_t max_queued, std::chrono::milliseconds interval)
    : look_(std::move(look)), max_queued_(max_queued), view_(std::make_shared<FleetView>()) {
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
  try {
    const auto fleet = look_(max_queued_);
    *next = next_view(*before, fleet, max_queued_);
    if (failing_) log::info("fleet is seen again");
    failing_ = false;
  } catch (const std::exception& error) {
    // Whoever needs the database finds out by himself; what was known of the workers still counts.
    next->database_up = false;
    if (!failing_) log::warn("fleet cannot be seen", {{"error", error.what()}});
    failing_ = true;
  }
  const std::lock_guard lock(mutex_);
  view_ = std::move(next);
}

}  // namespace runyard
