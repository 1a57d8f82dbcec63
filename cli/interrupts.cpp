#include "cli/interrupts.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <system_error>

namespace runyard::cli {
namespace {

constexpr int kSignals[] = {SIGINT, SIGTERM, SIGHUP};

// What the handler reaches: a process has only one of each signal.
int pipe_ends[2] = {-1, -1};
volatile sig_atomic_t first_signal = 0;

void note(int signal) {
  if (first_signal != 0) ::_exit(128 + signal);
  first_signal = signal;
  const int error = errno;
  const auto written = ::write(pipe_ends[1], "", 1);
  static_cast<void>(written);
  errno = error;
}

}  // namespace

Interrupts::Interrupts() {
  first_signal = 0;
  if (::pipe2(pipe_ends, O_CLOEXEC | O_NONBLOCK) != 0)
    throw std::system_error(errno, std::generic_category(), "pipe");
}

void Interrupts::arm() {
  struct sigaction action {};
  action.sa_handler = &note;
  for (const int signal : kSignals) {
    struct sigaction old {};
    ::sigaction(signal, nullptr, &old);
    if (old.sa_handler != SIG_IGN) ::sigaction(signal, &action, nullptr);
  }
}

Interrupts::~Interrupts() {
  struct sigaction action {};
  action.sa_handler = SIG_DFL;
  for (const int signal : kSignals) {
    struct sigaction old {};
    ::sigaction(signal, nullptr, &old);
    if (old.sa_handler == &note) ::sigaction(signal, &action, nullptr);
  }
  for (int& end : pipe_ends) {
    ::close(end);
    end = -1;
  }
}

int Interrupts::fd() const { return pipe_ends[0]; }

bool Interrupts::take() {
  char byte = 0;
  return ::read(pipe_ends[0], &byte, 1) == 1;
}

int Interrupts::signal() const { return first_signal; }

bool Interrupts::wait(std::chrono::milliseconds time) const {
  const auto end = std::chrono::steady_clock::now() + time;
  for (;;) {
    const auto left =
        std::min<std::chrono::milliseconds>(std::chrono::duration_cast<std::chrono::milliseconds>(
                                                end - std::chrono::steady_clock::now()),
                                            std::chrono::hours(1));  // poll() takes an int
    if (left.count() < 0) return false;
    pollfd readable{fd(), POLLIN, 0};
    if (::poll(&readable, 1, static_cast<int>(left.count()) + 1) > 0) return true;
  }
}

void die_of(int signal) {
  ::signal(signal, SIG_DFL);
  ::raise(signal);
  std::_Exit(128 + signal);  // blocked by who started us
}

}  // namespace runyard::cli
