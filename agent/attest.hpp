#pragma once
// Whether this sandbox is as it must be. A worker that forgot a flag gets a refusal instead of an
// unsafe sandbox.
#include <cstdint>
#include <string>
#include <vector>

namespace runyard::agent {

/// What was seen, as text of the kernel where there is one.
struct Surroundings {
  int pid = 0;
  std::string status;                   ///< /proc/self/status
  std::string mountinfo;                ///< /proc/self/mountinfo
  std::vector<std::string> interfaces;  ///< network interfaces that are up
  std::string missing_counter;          ///< Cgroup::missing()
};

Surroundings look_around();

/// Empty when all is well, else the first thing that is not. Pure.
std::string attest(const Surroundings& seen);

}  // namespace runyard::agent
