#pragma once
// From the agent's process to a job's: what a child does between vfork and execve.
#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

#include "agent/job.hpp"

namespace runyard::agent {

/// Limits that are the same for every job and that the agent can bear itself: set once, inherited
/// by all. False and errno on failure.
bool set_common_limits();

/// Becomes the uid (and the gid of the same number) for good, without any capability. For children
/// only, and only system calls, as the memory may be shared with the agent. Returns 0 or an errno.
int become(uid_t uid);

/// The paths that execve is tried on: argv[0] itself when it holds a slash, else below each folder
/// of the environment's PATH.
std::vector<std::string> program_paths(const std::vector<std::string>& argv,
                                       const std::vector<std::string>& env);

struct Streams {
  int in = -1;
  int out = -1;
  int err = -1;
  bool controlling_tty = false;  ///< `in` is a terminal, to be the session's own
};

struct Spawned {
  pid_t pid = -1;                ///< -1 when nothing runs
  int error = 0;                 ///< errno of what failed
  std::uint64_t started_ns = 0;  ///< just before execve
};

/// Starts a step's program in /box as `uid`. The child shares the agent's memory until execve
/// (vfork), so a start costs no copying of page tables, and a failure is told by a variable instead
/// of a pipe.
Spawned spawn(const Step& step, uid_t uid, const Streams& streams);

}  // namespace runyard::agent
