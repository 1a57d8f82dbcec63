#pragma once
// Memory that the agent keeps for itself: a program may fill its file systems to the last page and
// inode and end with success, and what has to be done then must not need what is not there. The
// container's limit is higher by exactly this.
#include <cstdint>

#include "agent/cgroup.hpp"
#include "agent/posix.hpp"

namespace runyard::agent {

/// Pages of a file that nobody maps, so that they count for the cgroup and for no process.
class Reserve final {
 public:
  /// Nothing is held yet.
  Reserve();

  /// Takes the memory, where it is not held already. False when the cgroup has no room for it; it
  /// is never taken from a program's.
  bool hold(const Cgroup& cgroup);

  /// Gives it back when the cgroup is nearly full. For when no program is alive.
  void release_if_tight(const Cgroup& cgroup);

  std::uint64_t held_bytes() const { return held_; }

 private:
  Fd file_;
  std::uint64_t held_ = 0;
};

}  // namespace runyard::agent
