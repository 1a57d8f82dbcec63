// runyard-agent: PID 1 of a sandbox.
//
// Theory of operation. One process, one thread. The worker's docker client is at the other end of
// descriptors 0 and 1; they are moved to 200 and 201 and 0, 1, 2 become /dev/null, so that a job
// finds nothing of ours. Before anything is read, the agent attests its surroundings and refuses to
// serve where a flag of the container is missing; then it takes a picture of the empty sandbox (the
// baseline) and loads the seccomp filter that jobs inherit. It waits in read() for a job, and in
// ppoll() while a step runs: for the step's output, the worker's frames, the next look at the
// limits, and SIGCHLD, which is blocked at all other times. Children are of two kinds: the step's
// program (vfork, then execve) and helpers that handle files; all become the job's uid first. As
// PID 1 the agent inherits every orphan, so the step is over when wait4() knows of no child. When
// descriptor 200 ends, the agent kills everything and exits, and the kernel does the rest.
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string>

#include "agent/attest.hpp"
#include "agent/channel.hpp"
#include "agent/child.hpp"
#include "agent/job_filter.hpp"
#include "agent/local_usage.hpp"
#include "agent/protection.hpp"
#include "agent/session.hpp"
#include "agent/terminal.hpp"
#include "agent/write_scope.hpp"

namespace runyard::agent {
namespace {

constexpr int kIn = 200;
constexpr int kOut = 201;

/// The worker's descriptors to 200 and 201, /dev/null to 0, 1 and 2, everything else closed. False
/// and errno.
bool arrange_descriptors() {
  if (::dup3(0, kIn, O_CLOEXEC) < 0 || ::dup3(1, kOut, O_CLOEXEC) < 0) return false;
  if (::syscall(SYS_close_range, 0u, static_cast<unsigned>(kIn - 1), 0u) != 0) return false;
  if (::syscall(SYS_close_range, static_cast<unsigned>(kOut + 1), ~0u, 0u) != 0) return false;
  for (int fd = 0; fd < 3; ++fd)
    if (::open("/dev/null", O_RDWR) != fd) return false;
  // Output never waits for a slow worker while the clock of a step runs.
  const int flags = ::fcntl(kOut, F_GETFL);
  return flags >= 0 && ::fcntl(kOut, F_SETFL, flags | O_NONBLOCK) == 0;
}

void arrange_signals() {
  struct sigaction action {};
  action.sa_handler = SIG_IGN;
  ::sigaction(SIGPIPE, &action, nullptr);
  action.sa_handler = [](int) {};  // so that SIGCHLD ends a ppoll()
  ::sigaction(SIGCHLD, &action, nullptr);
  sigset_t child;
  sigemptyset(&child);
  sigaddset(&child, SIGCHLD);
  ::sigprocmask(SIG_SETMASK, &child, nullptr);
}

/// What has to work before a job may come; else its name.
std::string harden() {
  // Of the local agent it would take away its own /proc/self, and jobs are its own user anyway.
  if (!kLocal && ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) return "dumpable";
  if (!set_common_limits()) return "limits";
  // Where an image has the folder, docker gives the mount the folder's mode.
  for (const char* folder : {"/box", "/tmp"})
    if (::chmod(folder, 01777) != 0) return std::string("opening ") + folder + " to jobs";
  if (enabled(Protection::kPtmx) && !close_ptmx_to_jobs()) return "closing /dev/pts/ptmx";
  if (!prepare_write_scope()) return "the scope of writing";
  if (enabled(Protection::kFilter) && !load_job_filter()) return "the job seccomp filter";
  return {};
}

[[noreturn]] void serve() {
  Channel channel(kIn, kOut);
  if (enabled(Protection::kAttest)) {
    const auto wrong = attest(look_around());
    if (!wrong.empty()) channel.refuse(wrong);
  }
  if (kLocal && ::getpid() != 1) channel.refuse("the agent is not PID 1 of the sandbox");
  const auto failed = harden();
  if (!failed.empty()) channel.refuse(failed + ": " + std::strerror(errno));
  Session(channel).serve();
}

}  // namespace
}  // namespace runyard::agent

int main([[maybe_unused]] int argc, [[maybe_unused]] char** argv) {
  using namespace runyard::agent;
  if constexpr (kLocal) {
    // The only agent that is told anything: there is no cgroup to hold its memory.
    if (argc != 2) return 2;
    set_local_memory_limit(std::strtoull(argv[1], nullptr, 10));
  }
  if (!arrange_descriptors()) return 2;
  arrange_signals();
  serve();
}
