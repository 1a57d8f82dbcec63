#include "worker/process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/asio.hpp>
#include <boost/process.hpp>
#include <boost/process/extend.hpp>
#include <cerrno>
#include <map>
#include <system_error>
#include <thread>

namespace runyard {
namespace {

namespace asio = boost::asio;
namespace bp = boost::process;

constexpr std::size_t kMaxCaptured = 1024 * 1024;

struct PipeEnds {
  UniqueFd read;
  UniqueFd write;
};

// Not Boost's pipes: those of 1.74 are not CLOEXEC, so each later child would hold the ends of all
// earlier ones, and no sandbox would see the end of its input when this worker dies.
PipeEnds make_pipe() {
  int fds[2];
  if (::pipe2(fds, O_CLOEXEC) != 0)
    throw std::system_error(errno, std::generic_category(), "pipe2");
  return {UniqueFd(fds[0]), UniqueFd(fds[1])};
}

int decode(int native) {
  if (WIFEXITED(native)) return WEXITSTATUS(native);
  return WIFSIGNALED(native) ? 128 + WTERMSIG(native) : -1;
}

/// Waits for a child's end. SIGCHLD of the others interrupts this, since Asio's handler does not
/// restart calls.
void reap(int pid) {
  while (::waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {
  }
}

/// Reads what is there. False at the end of the stream.
bool drain(int fd, std::string& out) {
  char buffer[16384];
  const ssize_t got = ::read(fd, buffer, sizeof buffer);
  if (got < 0) return errno == EINTR || errno == EAGAIN;
  if (out.size() < kMaxCaptured)
    out.append(buffer, std::min(static_cast<std::size_t>(got), kMaxCaptured - out.size()));
  return got > 0;
}

}  // namespace

struct ProcessHost::Impl {
  struct Running {
    std::unique_ptr<bp::child> child;
    std::shared_ptr<std::atomic<bool>> exited = std::make_shared<std::atomic<bool>>(false);
    std::promise<int> exit_code;
  };

  asio::io_context loop;
  asio::executor_work_guard<asio::io_context::executor_type> work{loop.get_executor()};
  std::map<int, Running> running;  // by pid; on the loop's thread only
  std::thread thread;

  /// Boost calls this even before spawn() knows the pid, when the child has ended by then; and the
  /// child object must not end within its own handler. So it is looked at later.
  void on_exit(std::shared_ptr<const int> pid) {
    asio::post(loop, [this, pid = std::move(pid)] {
      const auto found = running.find(*pid);
      if (found == running.end()) return;
      *found->second.exited = true;
      found->second.exit_code.set_value(decode(found->second.child->native_exit_code()));
      running.erase(found);
    });
  }

  /// On the loop's thread, so that signalling and reaping never race. Timers start children too,
  /// and they are on that thread already: waiting for it there would be waiting for oneself.
  template <typename Task>
  auto on_loop(Task task) {
    if (loop.get_executor().running_in_this_thread()) return task();
    std::packaged_task<decltype(task())()> packaged(std::move(task));
    auto future = packaged.get_future();
    asio::post(loop, [&packaged] { packaged(); });
    return future.get();
  }
};

ProcessHost::ProcessHost() : impl_(std::make_unique<Impl>()) {
  impl_->thread = std::thread([this] { impl_->loop.run(); });
}

ProcessHost::~ProcessHost() {
  asio::post(impl_->loop, [this] {
    for (const auto& [pid, running] : impl_->running) ::kill(pid, SIGKILL);
    impl_->work.reset();
    impl_->loop.stop();
  });
  impl_->thread.join();
  for (auto& [pid, running] : impl_->running) {
    reap(pid);
    running.child->detach();
  }
}

Child ProcessHost::spawn(const Command& command) {
  return impl_->on_loop([&] {
    auto in = make_pipe();
    auto out = make_pipe();
    auto err = make_pipe();
    bp::environment environment;
    for (const auto& entry : command.environment) {
      const auto equals = entry.find('=');
      environment[entry.substr(0, equals)] = entry.substr(equals + 1);
    }
    const std::vector<std::string> arguments(command.argv.begin() + 1, command.argv.end());
    std::error_code failed;
    Impl::Running running;
    auto pid = std::make_shared<int>(-1);
    running.child = std::make_unique<bp::child>(
        bp::exe = command.argv.at(0), bp::args = arguments, environment, failed,
        bp::posix::fd.bind(STDIN_FILENO, in.read.get()),
        bp::posix::fd.bind(STDOUT_FILENO, out.write.get()),
        bp::posix::fd.bind(STDERR_FILENO, err.write.get()),
        // A session of its own: a Ctrl-C at the worker's terminal is the worker's to handle.
        bp::extend::on_exec_setup = [](auto& /*executor*/) { ::setsid(); },
        bp::on_exit = [this, pid](int /*code*/,
                                  const std::error_code& /*error*/) { impl_->on_exit(pid); },
        // A fork whose exec failed; Boost leaves it as a zombie.
        bp::extend::on_error =
            [](auto& executor, const std::error_code& /*error*/) {
              if (executor.pid > 0) reap(executor.pid);
            },
        impl_->loop);
    if (failed) throw std::system_error(failed, "start " + command.argv[0]);
    *pid = running.child->id();
    Child child;
    child.in = std::move(in.write);
    child.out = std::move(out.read);
    child.err = std::move(err.read);
    child.pid_ = *pid;
    child.exited_ = running.exited;
    child.exit_code_ = running.exit_code.get_future().share();
    child.host_ = this;
    impl_->running.emplace(*pid, std::move(running));
    return child;
  });
}

void Child::kill() {
  if (!host_ || *exited_) return;
  asio::post(host_->impl_->loop, [impl = host_->impl_.get(), pid = pid_, exited = exited_] {
    const auto found = impl->running.find(pid);
    if (found != impl->running.end() && found->second.exited == exited) ::kill(pid, SIGKILL);
  });
}

Captured ProcessHost::run(const Command& command, std::chrono::milliseconds deadline) {
  Captured captured;
  const auto end = std::chrono::steady_clock::now() + deadline;
  try {
    Child child = spawn(command);
    child.in.reset();
    while (child.out || child.err) {
      const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
          end - std::chrono::steady_clock::now());
      if (left.count() <= 0) {
        captured.timed_out = true;
        child.kill();
        break;
      }
      pollfd fds[2] = {{child.out.get(), POLLIN, 0}, {child.err.get(), POLLIN, 0}};
      if (::poll(fds, 2, static_cast<int>(left.count())) < 0 && errno != EINTR) break;
      if (fds[0].revents && !drain(child.out.get(), captured.out)) child.out.reset();
      if (fds[1].revents && !drain(child.err.get(), captured.err)) child.err.reset();
    }
    if (child.exit_code_.wait_until(end + std::chrono::seconds(1)) == std::future_status::ready)
      captured.ok = !captured.timed_out && child.exit_code_.get() == 0;
    else
      child.kill();
  } catch (const std::system_error& e) {
    captured.err = e.what();
  }
  return captured;
}

void ProcessHost::after(std::chrono::milliseconds delay, std::function<void()> task) {
  auto timer = std::make_shared<asio::steady_timer>(impl_->loop);
  timer->expires_after(delay);
  timer->async_wait([timer, task = std::move(task)](const boost::system::error_code& error) {
    if (!error) task();
  });
}

}  // namespace runyard
