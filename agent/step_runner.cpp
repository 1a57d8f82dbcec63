#include "agent/step_runner.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <ctime>
#include <optional>
#include <utility>

#include "agent/child.hpp"
#include "agent/limits.hpp"
#include "agent/posix.hpp"
#include "agent/processes.hpp"
#include "agent/protection.hpp"
#include "agent/streams.hpp"
#include "agent/terminal.hpp"
#include "agent/tmpfs.hpp"

namespace runyard::agent {
namespace {

using protocol::FrameType;
using protocol::Limit;
using protocol::StepEnded;

constexpr std::uint64_t kMs = 1'000'000;
/// The promise is that the last process is dead 50 ms after the end of its step.
constexpr std::uint64_t kSlowKill = 100 * kMs;
constexpr std::uint64_t kKillTimeout = 1000 * kMs;
/// After a read, output waits this long for more: a million writes of one byte become a thousand
/// frames.
constexpr std::uint64_t kGather = 1 * kMs;
/// So many times the other stream's output ends that wait, so that both keep their order of
/// arrival; a program that goes on like this is gathered as any other.
constexpr std::uint32_t kOrdered = 4096;
/// Output of a job that is not live may wait so long: that of most is there, and leaves, with their
/// end.
constexpr std::uint64_t kHeld = protocol::kMaxHeldMs * kMs;

class StepRun final {
 public:
  StepRun(const Job& job, std::uint16_t index, uid_t uid, const Cgroup& cgroup, Reserve& reserve,
          Channel& channel)
      : job_(job),
        step_(job.steps[index]),
        index_(index),
        uid_(uid),
        channel_(channel),
        reserve_(reserve),
        watch_(step_, cgroup, job.blob.held_bytes() + reserve.held_bytes()),
        stdout_(FrameType::kStdout, step_.output_bytes),
        stderr_(FrameType::kStderr, step_.output_bytes),
        stdin_(step_.interactive ? InputStream(channel.reader().live(), with_tty())
                                 : InputStream(job.stdin_bytes(index))) {}

  StepResult run(const std::vector<std::string>& folders, const Cgroup& cgroup);

 private:
  /// A tty job's compile step has plain pipes: its output is no terminal session.
  bool with_tty() const { return job_.tty.has_value() && !step_.compile; }

  bool open_pipes(Streams& streams, std::array<Fd, 3>& child_ends);
  bool open_tty(Streams& streams, std::array<Fd, 3>& child_ends);
  int start();
  void watch();
  void wait_for_events();
  void pump_output();
  void obey();
  void tell_taken();
  /// When what is queued has to leave; UINT64_MAX: only with more, or at the end.
  std::uint64_t send_at() const;
  void stop(Limit limit) {
    if (limit_ == Limit::kNone) limit_ = limit;
  }
  bool stopped() const { return limit_ != Limit::kNone; }
  void drain();
  void check_output();
  /// What waits in the stream that was read last came before what waits in the other.
  std::array<OutputStream*, 2> in_order() {
    return {last_, last_ == &stdout_ ? &stderr_ : &stdout_};
  }
  /// How long to wait for processes that the kernel is slow to take away. A program that ended by
  /// itself has the rest of its wall time for that, as if it still ran.
  std::uint64_t time_to_die(bool by_itself) const;

  const Job& job_;
  const Step& step_;
  const std::uint16_t index_;
  const uid_t uid_;
  Channel& channel_;
  Reserve& reserve_;
  LimitWatch watch_;
  OutputStream stdout_;
  OutputStream stderr_;
  InputStream stdin_;
  std::optional<Reaper> reaper_;
  Spawned spawned_;
  Limit limit_ = Limit::kNone;
  std::uint64_t gather_until_ = 0;
  std::uint64_t held_since_ = 0;  // when output came that has not left; 0: there is none
  std::uint64_t taken_told_ = 0;
  OutputStream* last_ = &stdout_;  // the one that was read last
  std::uint32_t turns_ = 0;        // from one stream to the other
};

bool StepRun::open_pipes(Streams& streams, std::array<Fd, 3>& child_ends) {
  Pipe out = make_pipe();
  Pipe err = make_pipe();
  if (!out.read || !err.read) return false;
  Pipe in;
  if (step_.interactive || step_.stdin_size > 0) {
    in = make_pipe();
    if (!in.read || !set_nonblocking(in.write.get())) return false;
    ::fchmod(in.read.get(), 0666);
  } else {
    in.read.reset(::fcntl(0, F_DUPFD_CLOEXEC, 3));  // the agent's own 0 is /dev/null
    if (!in.read) return false;
  }
  if (!set_nonblocking(out.read.get()) || !set_nonblocking(err.read.get())) return false;
  // Programs open /dev/stdin and /dev/stdout by name, which asks for permission on the pipe itself.
  ::fchmod(out.write.get(), 0666);
  ::fchmod(err.write.get(), 0666);
  stdout_.open(std::move(out.read));
  stderr_.open(std::move(err.read));
  if (in.write) stdin_.open(std::move(in.write));
  child_ends = {std::move(in.read), std::move(out.write), std::move(err.write)};
  streams = {child_ends[0].get(), child_ends[1].get(), child_ends[2].get(), false};
  return true;
}

bool StepRun::open_tty(Streams& streams, std::array<Fd, 3>& child_ends) {
  auto terminal = open_terminal(*job_.tty);
  if (!terminal) return false;
  const int slave = terminal->slave.get();
  streams = {slave, slave, slave, true};
  child_ends[0] = std::move(terminal->slave);
  stdin_.open(Fd(::fcntl(terminal->master.get(), F_DUPFD_CLOEXEC, 3)));
  stdout_.open(std::move(terminal->master));
  return stdin_.is_open();
}

int StepRun::start() {
  Streams streams;
  std::array<Fd, 3> child_ends;
  if (!(with_tty() ? open_tty(streams, child_ends) : open_pipes(streams, child_ends))) return errno;
  if (!step_.interactive) stdin_.pump();  // what the pipe holds need not be waited for later
  spawned_ = spawn(step_, uid_, streams);
  if (spawned_.pid < 0) return spawned_.error;
  reaper_.emplace(spawned_.pid);
  watch_.start(spawned_.started_ns);
  return 0;
}

void StepRun::obey() {
  auto& live = channel_.reader().live();
  if (live.cancel) stop(Limit::kCancelled);
  for (const int number : std::exchange(live.signals, {})) {
    pid_t group = spawned_.pid;
    if (with_tty() && stdout_.is_open()) ::ioctl(stdout_.fd(), TIOCGPGRP, &group);
    if (group <= 1) group = spawned_.pid;
    if (!reaper_->main_ended()) ::kill(-group, number);
  }
  if (const auto size = std::exchange(live.resize, std::nullopt))
    if (with_tty() && stdout_.is_open()) resize(stdout_.fd(), *size);
  if (step_.interactive || stdin_.wants_to_write()) stdin_.pump();
  tell_taken();
}

void StepRun::tell_taken() {
  if (stdin_.taken() == taken_told_ || !channel_.out().has_room()) return;
  taken_told_ = stdin_.taken();
  std::string bytes;
  protocol::detail::put(bytes, taken_told_);
  channel_.out().add(FrameType::kStdinTaken, job_.id, index_, bytes);
}

std::uint64_t StepRun::send_at() const {
  const OutQueue& out = channel_.out();
  if (out.empty()) return UINT64_MAX;
  if (job_.live || !out.has_room()) return 0;
  return held_since_ + kHeld;
}

std::uint64_t StepRun::time_to_die(bool by_itself) const {
  const std::uint64_t deadline = spawned_.started_ns + step_.wall_ms * kMs;
  const std::uint64_t now = now_ns();
  return by_itself && deadline > now ? std::max(kKillTimeout, deadline - now) : kKillTimeout;
}

void StepRun::check_output() {
  if (!enabled(Protection::kOutput)) return;
  if (stdout_.truncated()) stop(Limit::kStdout);
  if (stderr_.truncated()) stop(Limit::kStderr);
}

void StepRun::pump_output() {
  bool any = false;
  for (OutputStream* stream : in_order()) {
    if (!stream->is_open() || !channel_.out().has_room()) continue;
    if (stream->pump(channel_.out(), job_.id, index_) != OutputStream::Read::kData) continue;
    any = true;
    if (last_ != stream) ++turns_;
    last_ = stream;
  }
  if (any) gather_until_ = now_ns() + kGather;
  if (any && held_since_ == 0) held_since_ = gather_until_ - kGather;
  check_output();
}

void StepRun::wait_for_events() {
  OutQueue& out = channel_.out();
  const std::uint64_t before = now_ns();
  const bool gathering = before < gather_until_;
  const auto listens_to = [&](const OutputStream& stream) {
    return out.has_room() && (!gathering || (&stream != last_ && turns_ < kOrdered));
  };
  const std::uint64_t send_at_ns = send_at();
  const bool send = send_at_ns <= before;
  const auto events = [](bool wanted, short which) {
    return wanted ? which : static_cast<short>(0);
  };
  std::array<pollfd, 5> fds{{
      // Without events a closed pipe still shows: the worker's end is never missed.
      {channel_.in(), events(!channel_.reader().full(), POLLIN), 0},
      {listens_to(stdout_) ? stdout_.fd() : -1, POLLIN, 0},
      {listens_to(stderr_) ? stderr_.fd() : -1, POLLIN, 0},
      {stdin_.wants_to_write() ? stdin_.fd() : -1, POLLOUT, 0},
      {send ? channel_.out().fd() : -1, POLLOUT, 0},
  }};
  std::uint64_t wake = watch_.next_ns();
  if (gathering) wake = std::min(wake, gather_until_);
  if (!send) wake = std::min(wake, send_at_ns);
  const std::uint64_t wait = wake > before ? wake - before : 0;
  const timespec timeout{static_cast<time_t>(wait / 1'000'000'000),
                         static_cast<long>(wait % 1'000'000'000)};
  sigset_t none;
  sigemptyset(&none);
  // SIGCHLD is blocked elsewhere: it comes here, as EINTR, or stays pending until the next time.
  const int ready = ::ppoll(fds.data(), fds.size(), &timeout, &none);
  if (ready < 0) {
    if (!reaper_->reap() || reaper_->main_ended()) return;
  }
  if (ready > 0) {
    if (fds[0].revents != 0) channel_.receive();
    if ((fds[1].revents | fds[2].revents) != 0) pump_output();
    if (fds[3].revents != 0) stdin_.pump();
  }
  if (send_at() > now_ns()) return;
  channel_.flush_some();
  if (out.empty()) held_since_ = 0;
}

void StepRun::watch() {
  while (!reaper_->main_ended() && !stopped()) {
    wait_for_events();
    if (reaper_->main_ended()) break;
    obey();
    if (!stopped()) stop(watch_.check(now_ns()));
  }
}

void StepRun::drain() {
  for (OutputStream* stream : in_order()) {
    while (stream->is_open()) {
      if (!channel_.out().has_room()) channel_.flush();
      if (stream->pump(channel_.out(), job_.id, index_) != OutputStream::Read::kData) break;
    }
  }
  check_output();
}

StepResult StepRun::run(const std::vector<std::string>& folders, const Cgroup& cgroup) {
  StepResult result;
  StepEnded& ended = result.ended;
  if (const int error = start()) {
    ended.limit = Limit::kSpawn;
    ended.error_number = error;
    result.tainted = "a program could not be started";
    return result;
  }
  watch();
  const bool by_itself = reaper_->main_ended();
  std::uint64_t kill_ns = 0;
  if (enabled(Protection::kKill) || !by_itself)
    kill_ns = kill_everything(*reaper_, time_to_die(by_itself));
  result.alive = kill_ns == UINT64_MAX || !reaper_->main_ended();
  if (result.alive) stop(Limit::kWall);
  // What follows allocates in the kernel at least, and there is nobody left to be killed for it.
  if (!result.alive) reserve_.release_if_tight(cgroup);
  drain();
  stop(watch_.check_ended());

  const int status = reaper_->status();
  if (WIFEXITED(status)) ended.exit_code = WEXITSTATUS(status);
  if (WIFSIGNALED(status)) ended.signal = WTERMSIG(status);
  const bool failed = ended.exit_code != 0;
  if (ended.signal == SIGXFSZ || (failed && any_full(free_of(folders)))) stop(Limit::kDisk);
  ended.limit = limit_;
  ended.stdout_truncated = stdout_.truncated();
  ended.stderr_truncated = stderr_.truncated();
  const std::uint64_t ended_ns = result.alive ? now_ns() : reaper_->ended_ns();
  ended.wall_us = (ended_ns - spawned_.started_ns) / 1000;

  const rusage& usage = reaper_->usage();
  const auto micros = [](const timeval& t) {
    return static_cast<std::uint64_t>(t.tv_sec) * 1'000'000 + static_cast<std::uint64_t>(t.tv_usec);
  };
  ended.cpu_us = std::max(watch_.cpu_ns() / 1000, micros(usage.ru_utime) + micros(usage.ru_stime));
  ended.peak_bytes =
      std::max(static_cast<std::uint64_t>(usage.ru_maxrss) * 1024, watch_.memory_bytes());
  if (ended.limit == Limit::kMemory)
    ended.peak_bytes = std::max(ended.peak_bytes, cgroup.peak_bytes().value_or(0));

  if (limit_ != Limit::kNone) result.tainted = "a limit was hit";
  if (ended.signal == SIGSYS) result.tainted = "a forbidden system call";
  if (kill_ns > kSlowKill) result.tainted = "killing took too long";
  if (result.alive) result.tainted = "a process cannot be killed";
  return result;
}

}  // namespace

StepResult run_step(const Job& job, std::uint16_t index, uid_t uid,
                    const std::vector<std::string>& folders, const Cgroup& cgroup, Reserve& reserve,
                    Channel& channel) {
  return StepRun(job, index, uid, cgroup, reserve, channel).run(folders, cgroup);
}

}  // namespace runyard::agent
