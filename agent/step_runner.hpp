#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "agent/cgroup.hpp"
#include "agent/channel.hpp"
#include "agent/job.hpp"
#include "agent/protocol.hpp"
#include "agent/reserve.hpp"

namespace runyard::agent {

struct StepResult {
  protocol::StepEnded ended;
  std::string tainted;  ///< why the sandbox should not be used again; empty after a boring step
  bool alive = false;   ///< some process could not be killed: the sandbox is lost
};

/// Runs one step from the start of its program to the death of its last process. Its output goes
/// into the channel; STEP_ENDED is left to the caller. `folders` are the tmpfs where a failing step
/// may have found no room. `reserve` is given back after the step when memory is nearly used up.
StepResult run_step(const Job& job, std::uint16_t index, uid_t uid,
                    const std::vector<std::string>& folders, const Cgroup& cgroup, Reserve& reserve,
                    Channel& channel);

}  // namespace runyard::agent
