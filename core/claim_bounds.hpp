#pragma once
// Where a worker's claims look for rows. Pure.
//
// Finished rows leave dead entries in the index until they are cleaned away, which a snapshot held
// open elsewhere (a report, a backup) prevents. A claim that walked over all of them would take
// 0.3 us for each: 45 ms after a minute. Between two sweeps over everything a claim skips them. It
// looks where a new row can stand, and from the head on, the highest key that it has claimed.
#include <algorithm>
#include <cstdint>

namespace runyard {

/// Keys and times are the database's, in microseconds. Not thread-safe.
class ClaimBounds final {
 public:
  /// Rows with low <= key < newcomers_end, then those from `head` on.
  struct Range {
    std::int64_t low = 0;
    std::int64_t newcomers_end = 0;
    std::int64_t head = 0;
  };

  /// Whether the next claim is to look at everything: for rows that were committed late or given
  /// back, for expired leases, and for new ones that stand between newcomers and head.
  bool sweeps() const { return last_seen_ >= next_sweep_; }

  Range range() const {
    if (sweeps()) return {};
    const auto newcomers_end = last_seen_ + kNewcomers;
    if (head_ - kSecond <= newcomers_end) return {low_, low_, low_};
    return {low_, newcomers_end, head_ - kSecond};
  }

  /// A claim was made in range(), `took` microseconds long. `highest`: of the `got` claimed keys;
  /// `limited`: it got all that it wanted, so there may be more.
  void claimed(std::int64_t now, int got, bool limited, std::int64_t highest, std::int64_t took) {
    const bool swept = sweeps();
    seen(now);
    if (swept) {
      // Nothing below `highest` is left to claim but what others hold; with nothing claimed the
      // queue holds nothing for us. New keys are never below the database's now.
      low_ = (got == 0 ? now : std::min(highest, now)) - kSecond;
      // With enough to do, a twentieth of the time for this, however much there is to walk over;
      // but a lost worker's leases, 20 s long, are not to wait for their finder.
      next_sweep_ = now + (limited ? std::clamp(20 * took, kSecond, 5 * kSecond) : kSecond);
      head_ = limited ? highest : 0;
    } else if (!limited) {
      head_ = 0;  // there is time to look at everything
    } else if (head_ != 0) {
      head_ = std::max(head_, highest);
    }
  }

  /// What the time is, where nothing was wanted and so nothing was looked at.
  void seen(std::int64_t now) {
    // The server's clock was set back: new keys are below all that is known here.
    if (now < last_seen_) next_sweep_ = 0;
    last_seen_ = now;
  }

 private:
  static constexpr std::int64_t kSecond = 1'000'000;
  // A new row's key is now + 10 s (priority normal, 0 for high) unless its owner has others before
  // it, and a claim is made at least once a second: the rest is room for a few of those.
  static constexpr std::int64_t kNewcomers = 12 * kSecond;

  std::int64_t low_ = 0;
  std::int64_t head_ = 0;  // 0: not known to be beyond what is claimed
  std::int64_t next_sweep_ = 0;
  std::int64_t last_seen_ = 0;
};

}  // namespace runyard
