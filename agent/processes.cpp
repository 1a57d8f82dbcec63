#include "agent/processes.hpp"

#include <signal.h>
#include <sys/wait.h>

#include <cerrno>
#include <ctime>

#include "agent/posix.hpp"

namespace runyard::agent {

bool Reaper::reap() {
  // Bounded, so that a job that makes orphans faster than we bury them cannot keep us from the
  // clock.
  for (int i = 0; i < 256 && !nobody_; ++i) {
    int status = 0;
    rusage usage{};
    const pid_t pid = ::wait4(-1, &status, WNOHANG | __WALL, &usage);
    if (pid < 0 && errno == EINTR) continue;
    if (pid < 0) nobody_ = true;
    if (pid < 0) break;
    if (pid == 0) return true;
    if (pid != main_ || main_ended_) continue;
    main_ended_ = true;
    status_ = status;
    usage_ = usage;
    ended_ns_ = now_ns();
  }
  return !nobody_;
}

std::uint64_t kill_everything(Reaper& reaper, std::uint64_t timeout_ns) {
  const std::uint64_t start = now_ns();
  sigset_t child;
  sigemptyset(&child);
  sigaddset(&child, SIGCHLD);
  while (reaper.reap()) {
    if (now_ns() - start > timeout_ns) return UINT64_MAX;
    ::kill(-1, SIGKILL);
    const timespec round{0, 2'000'000};
    ::sigtimedwait(&child, nullptr, &round);  // SIGCHLD is blocked, so none is missed
  }
  return now_ns() - start;
}

}  // namespace runyard::agent
