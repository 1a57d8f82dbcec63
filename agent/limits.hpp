#pragma once
// Limits that the agent watches because no single kernel limit covers them: the clock, and what
// only the cgroup counts.
#include <cstdint>
#include <optional>

#include "agent/cgroup.hpp"
#include "agent/job.hpp"
#include "agent/protocol.hpp"

namespace runyard::agent {

/// Nanoseconds until CPU time should be looked at again: `left_ns` of CPU cannot be used up sooner
/// on `cpus`. Between 1 ms, so that the watch itself costs nothing, and 50 ms, so that other
/// counters are seen in time.
std::uint64_t next_look_ns(std::uint64_t left_ns, unsigned cpus);

class LimitWatch final {
 public:
  /// Notes the counters before the step. `held_bytes`: memory of the cgroup that the agent holds
  /// for the job.
  LimitWatch(const Step& step, const Cgroup& cgroup, std::uint64_t held_bytes);

  /// The step's program started.
  void start(std::uint64_t started_ns);

  /// When check() is due next, as now_ns() counts.
  std::uint64_t next_ns() const;

  /// Looks at the clock and, when due, at the counters. The first limit that is over, or kNone.
  protocol::Limit check(std::uint64_t now);

  /// After the last process's end: limits that show only in the counters. A step that is over its
  /// CPU time counts although it ended before it was seen.
  protocol::Limit check_ended();

  /// CPU time of the step's processes so far, the agent's own left out.
  std::uint64_t cpu_ns() const;
  /// The most memory that was seen, without what the agent holds.
  std::uint64_t memory_bytes() const { return memory_bytes_; }
  bool oom_killed() const;

 private:
  protocol::Limit check_counters(bool ended);
  bool sockets_hold_too_much();

  const Step& step_;
  const Cgroup& cgroup_;
  std::uint64_t held_bytes_;
  unsigned cpus_;
  std::uint64_t cpu_before_;
  std::uint64_t own_before_;
  std::uint64_t oom_before_;
  std::uint64_t forks_before_;
  std::uint64_t socket_pages_before_;
  std::uint64_t wall_ns_ = 0;
  std::uint64_t look_ns_ = 0;
  std::uint64_t memory_bytes_ = 0;
};

}  // namespace runyard::agent
