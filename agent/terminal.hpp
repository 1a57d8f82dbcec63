#pragma once
#include <optional>

#include "agent/job.hpp"
#include "agent/posix.hpp"

namespace runyard::agent {

struct Terminal {
  Fd master;
  Fd slave;
};

/// Opens the one pseudo-terminal of a tty job; nothing on failure.
std::optional<Terminal> open_terminal(TtySize size);

bool resize(int master, TtySize size);

/// Makes /dev/pts/ptmx useless to jobs: the agent, its owner, may still open it. False and errno on
/// failure.
bool close_ptmx_to_jobs();

}  // namespace runyard::agent
