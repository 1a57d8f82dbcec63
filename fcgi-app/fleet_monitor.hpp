#pragma once
// What the workers can do now, looked up once a second for all requests.
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>

#include "core/execution_store.hpp"
#include "core/language.hpp"

namespace runyard {

/// One look. Constant once it is shared.
struct FleetView {
  using Clock = std::chrono::steady_clock;

  bool database_up = false;
  Clock::time_point seen;  ///< when the look began that found this; of a database that was up
  int other_schema = -1;   ///< the version of the database's, when it is not this program's
  bool read_only = false;  ///< the database takes no writes
  bool queue_full = false;
  int live_workers = 0;
  int draining_workers = 0;  ///< of these
  /// Languages' images that some live worker has; while no worker is live, those of the last one,
  /// since it is likely to be restarting. Nothing is known (and nothing refused) before the first
  /// worker was seen.
  std::set<std::string> images;
  bool images_known = false;
  bool local = false;  ///< some live worker runs programs without a container
  /// The first that waits, and since when it has been that while some worker had room all the time.
  std::string next;
  std::optional<Clock::time_point> next_since;

  bool can_run(const Language& language) const;
  /// Why no program that is submitted now will be run soon, as a sentence without its end, for
  /// anybody to see; "" when it will. `patience`: a look that is older tells that the database does
  /// not answer.
  std::string why_not_ready(Clock::time_point now, std::chrono::milliseconds patience) const;
};

/// The first in the queue may stay that for so long while workers are idle: more than the longest
/// pause between two claims of a healthy worker, and than the start of a sandbox.
constexpr std::chrono::seconds kNotServed{30};

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

  /// See FleetView::why_not_ready.
  std::string why_not_ready() const;

 private:
  void run(std::chrono::milliseconds interval);
  void refresh();

  const Look look_;
  const std::int64_t max_queued_;
  const std::chrono::milliseconds patience_;
  bool failing_ = false;  // of the monitor's thread: logged once, not each second
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::shared_ptr<const FleetView> view_;  // under mutex_
  bool stop_ = false;                      // under mutex_
  std::thread thread_;
};

/// The view that follows `before` when `fleet` was seen by a look that began at `now`. Pure.
FleetView next_view(const FleetView& before, const Fleet& fleet, std::int64_t max_queued,
                    FleetView::Clock::time_point now = FleetView::Clock::now());

}  // namespace runyard
