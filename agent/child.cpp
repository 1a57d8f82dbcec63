#include "agent/child.hpp"

#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

#include "agent/posix.hpp"
#include "agent/protection.hpp"
#include "agent/write_scope.hpp"

namespace runyard::agent {
namespace {

bool limit(__rlimit_resource resource, rlim_t value) {
  const rlimit both{value, value};
  return ::setrlimit(resource, &both) == 0;
}

/// All that the child needs, ready before vfork: it only makes system calls.
struct Plan {
  std::vector<const char*> paths;
  std::vector<char*> argv;
  std::vector<char*> envp;
  const Step* step = nullptr;
  uid_t uid = 0;
  Streams streams;
  volatile int error = 0;
  volatile std::uint64_t started_ns = 0;
};

std::vector<char*> pointers(const std::vector<std::string>& strings) {
  std::vector<char*> out;
  out.reserve(strings.size() + 1);
  for (const auto& string : strings) out.push_back(const_cast<char*>(string.c_str()));
  out.push_back(nullptr);
  return out;
}

int move_streams(const Streams& streams) {
  // The sources are all above 2: the agent holds 0, 1 and 2 itself.
  if (::dup2(streams.in, 0) < 0 || ::dup2(streams.out, 1) < 0 || ::dup2(streams.err, 2) < 0)
    return errno;
  if (enabled(Protection::kCloseFds)) {
    if (::syscall(SYS_close_range, 3u, ~0u, 0u) != 0) return errno;
  } else {
    for (int fd = 3; fd < 300; ++fd) ::fcntl(fd, F_SETFD, 0);
  }
  if (streams.controlling_tty && ::ioctl(0, TIOCSCTTY, 0) != 0) return errno;
  return 0;
}

int be_first_to_die() {
  if (!enabled(Protection::kOomScore)) return 0;
  const int fd = ::open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
  if (fd < 0) return errno;
  const bool written = ::write(fd, "1000", 4) == 4;
  ::close(fd);
  return written ? 0 : EIO;
}

int set_step_limits(const Step& step) {
  // The exact limit on processes is the cgroup's, which counts and tells; this is what holds
  // without it. Twice as much, since forks under way count here before the cgroup has let them in:
  // those of all processes at once must not be refused here, where nobody is told.
  constexpr rlim_t kSlack = 8;
  bool ok = limit(RLIMIT_FSIZE, step.file_bytes);
  if (enabled(Protection::kProcesses))
    ok = ok && limit(RLIMIT_NPROC, 2 * (step.processes + kSlack));
  // Whole seconds of one process: a backstop behind the timer that looks at the whole cgroup.
  if (step.cpu_ms > 0) ok = ok && limit(RLIMIT_CPU, (step.cpu_ms + 999) / 1000 + 1);
  if (step.address_space_bytes > 0) ok = ok && limit(RLIMIT_AS, step.address_space_bytes);
  return ok ? 0 : errno;
}

int step_back() {
  // The job shares its cgroup's CPU time with the agent, whose clock must not wait behind busy
  // loops. Between sandboxes only the cgroups' weights count, so this costs the job nothing.
  constexpr int kNice = 10;
  return ::setpriority(PRIO_PROCESS, 0, kNice) == 0 ? 0 : errno;
}

int reset_signals() {
  struct sigaction standard {};
  standard.sa_handler = SIG_DFL;
  if (::sigaction(SIGPIPE, &standard, nullptr) != 0)
    return errno;  // the only one that the agent ignores
  sigset_t none;
  sigemptyset(&none);
  return ::sigprocmask(SIG_SETMASK, &none, nullptr) == 0 ? 0 : errno;
}

int prepare(const Plan& plan) {
  if (::setsid() < 0) return errno;
  if (const int error = reset_signals()) return error;
  if (const int error = be_first_to_die())
    return error;  // opens what is out of scope after the next line
  if (const int error = enter_write_scope()) return error;
  if (const int error = move_streams(plan.streams)) return error;
  if (const int error = step_back()) return error;
  if (const int error = set_step_limits(*plan.step)) return error;
  if (const int error = become(plan.uid)) return error;
  ::umask(022);
  if (::chdir("/box") != 0) return errno;
  return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 ? 0 : errno;
}

[[noreturn]] void child(Plan& plan) {
  if (const int error = prepare(plan)) {
    plan.error = error;
    ::_exit(127);
  }
  plan.started_ns = now_ns();
  int result = ENOENT;
  for (const char* path : plan.paths) {
    ::execve(path, plan.argv.data(), plan.envp.data());
    if (errno == ENOENT || errno == ENOTDIR) continue;
    result = errno;
    if (errno != EACCES) break;
  }
  plan.error = result;
  ::_exit(127);
}

}  // namespace

bool set_common_limits() {
  constexpr rlim_t kStack =
      64u << 20;  // recursion is a usual way to solve a problem; threads reserve as much
  constexpr rlim_t kOpenFiles = 1024;
  // A core limit of 0 does not stop a core_pattern that is a pipe; 1 does.
  return limit(RLIMIT_CORE, 1) && limit(RLIMIT_MSGQUEUE, 0) && limit(RLIMIT_MEMLOCK, 64 * 1024) &&
         limit(RLIMIT_SIGPENDING, 1024) && limit(RLIMIT_STACK, kStack) &&
         limit(RLIMIT_NOFILE, kOpenFiles);
}

int become(uid_t uid) {
  if (!enabled(Protection::kSetuid)) return 0;
  if (::syscall(SYS_setgroups, 0, nullptr) != 0) return errno;
  if (::syscall(SYS_setresgid, uid, uid, uid) != 0) return errno;
  if (::syscall(SYS_setresuid, uid, uid, uid) != 0) return errno;
  uid_t real = 0;
  uid_t effective = 0;
  uid_t saved = 0;
  if (::getresuid(&real, &effective, &saved) != 0 || real != uid || effective != uid ||
      saved != uid)
    return EPERM;
  if (::getresgid(&real, &effective, &saved) != 0 || real != uid || effective != uid ||
      saved != uid)
    return EPERM;
  if (::syscall(SYS_setuid, 0) == 0) return EPERM;  // it must not work
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct empty[2]{};
  return ::syscall(SYS_capset, &header, empty) == 0 ? 0 : errno;
}

std::vector<std::string> program_paths(const std::vector<std::string>& argv,
                                       const std::vector<std::string>& env) {
  const std::string& name = argv.front();
  if (name.find('/') != std::string::npos) return {name};
  std::vector<std::string> out;
  constexpr std::string_view kKey = "PATH=";
  for (const auto& variable : env) {
    if (variable.compare(0, kKey.size(), kKey) != 0) continue;
    std::string_view folders = std::string_view(variable).substr(kKey.size());
    while (!folders.empty()) {
      const auto folder = folders.substr(0, folders.find(':'));
      folders.remove_prefix(std::min(folders.size(), folder.size() + 1));
      if (!folder.empty()) out.push_back(std::string(folder) + "/" + name);
    }
    break;
  }
  return out;
}

Spawned spawn(const Step& step, uid_t uid, const Streams& streams) {
  const auto paths = program_paths(step.argv, step.env);
  Plan plan;
  for (const auto& path : paths) plan.paths.push_back(path.c_str());
  plan.argv = pointers(step.argv);
  plan.envp = pointers(step.env);
  plan.step = &step;
  plan.uid = uid;
  plan.streams = streams;

  const pid_t pid = ::vfork();
  if (pid == 0) child(plan);
  if (pid < 0) return {-1, errno, 0};
  if (plan.error != 0) {
    int status = 0;
    while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    return {-1, plan.error, 0};
  }
  return {pid, 0, plan.started_ns};
}

}  // namespace runyard::agent
