#include "agent/limits.hpp"

#include <sched.h>

#include <algorithm>
#include <ctime>

#include "agent/posix.hpp"
#include "agent/protection.hpp"

namespace runyard::agent {

using protocol::Limit;

namespace {

constexpr std::uint64_t kMs = 1'000'000;

std::uint64_t own_cpu_ns() {
  timespec used{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  return static_cast<std::uint64_t>(used.tv_sec) * 1000 * kMs +
         static_cast<std::uint64_t>(used.tv_nsec);
}

unsigned count_cpus() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (::sched_getaffinity(0, sizeof set, &set) != 0) return 1;
  return static_cast<unsigned>(std::max(1, CPU_COUNT(&set)));
}

unsigned usable_cpus() {
  static const unsigned cpus = count_cpus();
  return cpus;
}

}  // namespace

std::uint64_t next_look_ns(std::uint64_t left_ns, unsigned cpus) {
  return std::clamp<std::uint64_t>(left_ns / cpus, kMs, 50 * kMs);
}

LimitWatch::LimitWatch(const Step& step, const Cgroup& cgroup, std::uint64_t held_bytes)
    : step_(step),
      cgroup_(cgroup),
      held_bytes_(held_bytes),
      cpus_(usable_cpus()),
      cpu_before_(cgroup.cpu_ns().value_or(0)),
      own_before_(own_cpu_ns()),
      oom_before_(cgroup.oom_kills().value_or(0)),
      forks_before_(cgroup.refused_forks().value_or(0)),
      socket_pages_before_(cgroup.uncounted_sockets().value_or(SocketMemory{}).pages) {}

void LimitWatch::start(std::uint64_t started_ns) {
  wall_ns_ = started_ns + step_.wall_ms * kMs;
  // Most programs have ended by then and are never looked at.
  look_ns_ = started_ns + 20 * kMs;
  if (step_.cpu_ms > 0)
    look_ns_ = std::min(look_ns_, started_ns + next_look_ns(step_.cpu_ms * kMs, cpus_));
}

std::uint64_t LimitWatch::next_ns() const { return std::min(wall_ns_, look_ns_); }

Limit LimitWatch::check(std::uint64_t now) {
  if (now >= wall_ns_ && enabled(Protection::kWall)) {
    // On a machine that stalls the first look may come that late: what ran out before counts.
    const Limit before = check_counters(false);
    return before == Limit::kNone ? Limit::kWall : before;
  }
  if (now < look_ns_) return Limit::kNone;
  Limit limit = check_counters(false);
  if (limit == Limit::kNone && sockets_hold_too_much()) limit = Limit::kMemory;
  std::uint64_t left = 50 * kMs * cpus_;
  if (step_.cpu_ms > 0) {
    const auto used = cpu_ns();
    left = step_.cpu_ms * kMs > used ? step_.cpu_ms * kMs - used : 0;
  }
  look_ns_ = now + next_look_ns(left, cpus_);
  const std::uint64_t memory = cgroup_.memory_bytes().value_or(0);
  memory_bytes_ = std::max(memory_bytes_, memory - std::min(memory, held_bytes_));
  return limit;
}

Limit LimitWatch::check_ended() { return check_counters(true); }

Limit LimitWatch::check_counters(bool ended) {
  // A counter that cannot be read any more is a limit that cannot be kept. Forks come before
  // memory: what cannot fork further often eats up the memory next.
  const bool processes = enabled(Protection::kProcesses);
  if (processes && cgroup_.refused_forks().value_or(UINT64_MAX) > forks_before_)
    return Limit::kProcesses;
  if (oom_killed()) return Limit::kMemory;
  if (step_.cpu_ms > 0 && cpu_ns() > step_.cpu_ms * kMs && enabled(Protection::kCpu))
    return Limit::kCpu;
  if (!processes) return Limit::kNone;
  constexpr std::uint64_t kAgent = 1;
  if (!ended && cgroup_.processes().value_or(UINT64_MAX) > step_.processes + kAgent)
    return Limit::kProcesses;
  return Limit::kNone;
}

bool LimitWatch::sockets_hold_too_much() {
  // The pages are the host's. Who has so few sockets that they cannot hold much is not the cause,
  // whatever somebody else does at the same time.
  constexpr std::uint64_t kFew = 4;
  constexpr std::uint64_t kPage = 4096;
  const auto sockets = cgroup_.uncounted_sockets();
  const auto most = cgroup_.memory_limit();
  if (!sockets || !most || sockets->in_use <= kFew || sockets->pages <= socket_pages_before_ ||
      !enabled(Protection::kSockets))
    return false;
  const std::uint64_t all =
      (sockets->pages - socket_pages_before_) * kPage + cgroup_.memory_bytes().value_or(0);
  if (all <= *most) return false;
  memory_bytes_ = std::max(memory_bytes_, all);
  return true;
}

std::uint64_t LimitWatch::cpu_ns() const {
  const std::uint64_t all = cgroup_.cpu_ns().value_or(UINT64_MAX) - cpu_before_;
  const std::uint64_t own = own_cpu_ns() - own_before_;
  return all > own ? all - own : 0;
}

bool LimitWatch::oom_killed() const {
  return cgroup_.oom_kills().value_or(UINT64_MAX) > oom_before_;
}

}  // namespace runyard::agent
