#pragma once
#include <sys/resource.h>
#include <sys/types.h>

#include <cstdint>

namespace runyard::agent {

/// Waits for the children of PID 1: the step's main process, matched by its pid once, and the
/// orphans that the kernel hands over.
class Reaper final {
 public:
  explicit Reaper(pid_t main) : main_(main) {}

  /// Reaps what has ended, without waiting. False when no process is left in the sandbox besides
  /// the agent: every other one descends from it, so "no child" means "nobody".
  bool reap();

  bool main_ended() const { return main_ended_; }
  int status() const { return status_; }
  const rusage& usage() const { return usage_; }
  std::uint64_t ended_ns() const { return ended_ns_; }

 private:
  pid_t main_;
  bool nobody_ = false;
  bool main_ended_ = false;
  int status_ = 0;
  rusage usage_{};
  std::uint64_t ended_ns_ = 0;
};

/// Kills everything but the agent and reaps until nobody is left or `timeout_ns` is over. Returns
/// the nanoseconds it took, or UINT64_MAX when somebody is still there.
std::uint64_t kill_everything(Reaper& reaper, std::uint64_t timeout_ns);

}  // namespace runyard::agent
