#pragma once
// What a sandbox looks like with nobody in it, and the proof that it looks so again.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "agent/posix.hpp"
#include "agent/tmpfs.hpp"

namespace runyard::agent {

/// The lines of /proc/net/sockstat without what the kernel keeps for itself (memory, allocated):
/// sockets in use, also those that only a message in another socket holds, and connections that
/// linger. Pure.
std::string socket_counts(std::string_view sockstat);

/// True when /proc/sysvipc/{msg,sem,shm} hold a heading and nothing else. Pure.
bool only_heading(std::string_view text);

class Baseline final {
 public:
  /// Takes the picture; before the first job.
  Baseline();

  const std::vector<std::string>& folders() const { return folders_; }
  const std::vector<Free>& free() const { return free_; }

  /// Empty when nothing is left of any job, else what is. Sockets that died inside of each other
  /// are collected by the kernel a moment later, so waits up to 100 ms for the counts to settle.
  std::string difference() const;

  /// The part of it that tells one run of a job from the next: sockets, and what the kernel counts
  /// of their use. Microseconds when there is nothing.
  std::string run_difference() const;

 private:
  std::string look() const;
  std::string network_difference() const;

  std::vector<std::string> folders_;
  std::vector<Free> free_;
  std::string mounts_;
  Fd sockstat_;
  Fd snmp_;
  Fd snmp6_;
  std::string sockets_;
  std::string counters_;
  int descriptors_;
  int terminals_;
};

}  // namespace runyard::agent
