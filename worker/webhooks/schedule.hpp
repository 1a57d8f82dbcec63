#pragma once
// When a delivery is tried again, and when a receiver is left alone for a while. Pure: times are
// the caller's.
#include <chrono>
#include <map>
#include <string>
#include <vector>

namespace runyard {

constexpr int kWebhookAttempts = 8;

/// How long after the attempt of that number (from 1) the next one is due: 10 s, 1 min, 5 min,
/// 20 min, 1 h, 3 h, 6 h. `spread` from 0 to 1 adds up to a tenth, so that what failed together
/// does not come together again.
std::chrono::milliseconds retry_delay(int attempt, double spread);

struct BreakerSettings {
  int failures = 5;                               ///< in a row, until nothing more is sent
  std::chrono::milliseconds first_pause{30'000};  ///< then one is tried; doubled while that fails
  std::chrono::milliseconds longest_pause{600'000};
};

/// Leaves receivers alone that fail again and again. A receiver is an origin, as `https://a:8443`.
/// Not thread-safe.
class CircuitBreaker final {
 public:
  using Time = std::chrono::steady_clock::time_point;

  explicit CircuitBreaker(BreakerSettings settings = {}) : settings_(settings) {}

  /// It took what was sent, whatever it thought of it.
  void succeeded(const std::string& origin) { receivers_.erase(origin); }
  /// It did not answer, or said that it cannot.
  void failed(const std::string& origin, Time now);

  /// How many may be under way there at `now`, at most `most`: 0 while it is left alone, 1 after
  /// that until one has succeeded.
  int room(const std::string& origin, Time now, int most) const;

  /// Those that have less than all room.
  std::vector<std::string> troubled() const;

  /// Forgets receivers that nothing was heard of for so long.
  void forget(Time before);

 private:
  struct Receiver {
    int failures = 0;
    std::chrono::milliseconds pause{0};
    Time last;          // failure
    Time closed_until;  // nothing is sent before
  };

  const BreakerSettings settings_;
  std::map<std::string, Receiver> receivers_;
};

}  // namespace runyard
