#pragma once
// What one owner may use up.
#include <optional>
#include <string>

namespace runyard {

/// 0: no limit.
struct QuotaLimits {
  int queued = 0;         ///< executions that wait to be run
  int running = 0;        ///< executions that are not over, waiting ones included
  int per_minute = 0;     ///< submissions
  int cpu_s_per_day = 0;  ///< seconds of CPU time, from midnight UTC
  int live = 0;           ///< live runs that are not over; counts for live runs alone

  /// Of those that every submission counts for.
  bool any() const { return queued > 0 || running > 0 || per_minute > 0 || cpu_s_per_day > 0; }
};

/// Where an owner's limits differ from those of everybody; nullopt: they do not.
struct QuotaOverrides {
  std::optional<int> queued;
  std::optional<int> running;
  std::optional<int> per_minute;
  std::optional<int> cpu_s_per_day;
};

/// A submission was not taken. Nothing of it was counted.
struct QuotaExceeded {
  std::string message;  ///< which quota, its value and what was measured
  int retry_after_s = 1;
};

}  // namespace runyard
