#pragma once
// Each protection by name, so that the sandbox tests can show that it matters: a test passes with
// the agent and fails with `runyard-agent-weak` when the protection is left out there. In the real
// agent enabled() is the constant true and the compiler drops the question.
namespace runyard::agent {

enum class Protection {
  kAttest,      ///< refuse to serve in a sandbox that is not as it must be
  kSetuid,      ///< run jobs as their own uid
  kFilter,      ///< job seccomp filter
  kCloseFds,    ///< nothing but 0, 1 and 2 reaches a job
  kPtmx,        ///< jobs cannot open terminals
  kKill,        ///< kill what a step leaves running
  kClean,       ///< delete what a step leaves on a tmpfs
  kProof,       ///< say CLEAN only after proof
  kNoFollow,    ///< files are handled as the job's uid, without following links
  kOutput,      ///< output limit
  kWall,        ///< wall timer
  kCpu,         ///< CPU time of the whole cgroup
  kProcesses,   ///< process limit
  kOomScore,    ///< the job dies before the agent when memory runs out
  kSockets,     ///< what waits in sockets counts as memory
  kWriteScope,  ///< no file outside of the job's folders and /dev is opened for writing
  kSeal,        ///< a run cannot change what was submitted, and nothing of it is left for the next
  kReserve,     ///< memory that a program cannot fill
};

/// The agent of `sandbox = local` is an executable of its own, runyard-agent-local, that no image
/// holds: it runs in a bubblewrap sandbox as the worker's own user, so it has no uid of its own, no
/// capability and no cgroup. For trusted code, on a developer's machine.
#ifdef RUNYARD_AGENT_LOCAL
constexpr bool kLocal = true;
#else
constexpr bool kLocal = false;
#endif

#ifdef RUNYARD_AGENT_WEAK
/// False when the environment's RUNYARD_AGENT_WITHOUT holds the protection's name.
bool enabled(Protection protection);
#else
constexpr bool enabled(Protection protection) {
  return !kLocal || (protection != Protection::kAttest && protection != Protection::kSetuid &&
                     protection != Protection::kPtmx && protection != Protection::kSockets);
}
#endif

}  // namespace runyard::agent
