#pragma once
// What the workers can do now, looked up once a second for all requests.
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>

#include "core/execution_store.hpp"
#include "core/language.hpp"

namespace runyard {

/// One look. Constant once it is shared.
struct FleetView {
  bool database_up = false;
  bool queue_full = false;
  int live_workers = 0;
  /// Languages' images that some live worker has; while no worker is live, those of the last one,
  /// since it is likely to be restarting. Nothing is known (and nothing refused) before the first
  /// worker was seen.
  std::set<std::string> images;
  bool images_known = false;
  bool local = false;  ///< some live worker runs programs without a container

  bool can_run(const Language& language) const;
  /// The database answers and some live worker has some image.
  bool ready() const { return database_up && live_workers > 0 && !images.empty(); }
};

/// Looks on its own thread from construction to destruction. Thread-safe.
class FleetMonitor final {
 public:
  /// Counts the queue up to the given number; may throw.
  using Look = std::function<Fleet(std::int64_t count_up_to)>;

  /// The first look is taken before the constructor returns.
  FleetMonitor(Look look, std::int64_t max_queued, std::chrono::milliseconds interval);
  ~FleetMonitor();
  FleetMonitor(const FleetMonitor&) = delete;
  FleetMonitor& operator=(const FleetMonitor&) = delete;

  std::shared_ptr<const FleetView> view() const;

 private:
  void run(std::chrono::milliseconds interval);
  void refresh();

  const Look look_;
  const std::int64_t max_queued_;
  bool failing_ = false;  // of the monitor's thread: logged once, not each second
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::shared_ptr<const FleetView> view_;  // under mutex_
  bool stop_ = false;                      // under mutex_
  std::thread thread_;
};

/// The view that follows `before` when `fleet` was seen. Pure.
FleetView next_view(const FleetView& before, const Fleet& fleet, std::int64_t max_queued);

}  // namespace runyard
