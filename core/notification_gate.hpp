#pragma once
// Which notifications a program takes to heart, and how often. Whoever may connect to the database
// can send any, as large and as many as they like.
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace runyard {

/// A channel and its payload.
struct Hint {
  std::string channel;
  std::string payload;
};

/// Lets a hint pass at once while it is rare. One that comes too often passes a bounded number of
/// times a second, and what comes in between counts as one. What has not the form of its channel
/// (an id, or nothing for work) never passes. Of more different hints than it remembers it says
/// only that some were lost. Time is given, never asked. Not thread-safe.
class NotificationGate final {
 public:
  using Clock = std::chrono::steady_clock;

  /// Different hints that it remembers at one time.
  static constexpr std::size_t kMost = 4096;

  /// Whether this one may pass now. If not, it is held back for due(), or of no use.
  bool passes(const std::string& channel, const std::string& payload, Clock::time_point now);
  /// What was held back and may pass now.
  std::vector<Hint> due(Clock::time_point now);
  /// True when some were lost, at most once a second: whoever waits must look.
  bool lost(Clock::time_point now);
  /// The moment when due() or lost() has something to say; nullopt: never, as it is.
  std::optional<Clock::time_point> next() const;

 private:
  struct Entry {
    Hint hint;
    Clock::time_point paid;  ///< what has passed is paid for until then
    bool held = false;
  };

  void forget(Clock::time_point now);

  std::unordered_map<std::string, Entry> entries_;
  std::vector<Entry*> held_;
  bool lost_ = false;
  Clock::time_point lost_again_{};    ///< not said again before
  Clock::time_point forget_again_{};  ///< not looked for what can be forgotten before
};

}  // namespace runyard
