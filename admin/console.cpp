#include "admin/console.hpp"

#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "admin/failure.hpp"
#include "core/password.hpp"
#include "core/text.hpp"
#include "core/unique_fd.hpp"

namespace runyard::admin {
namespace {

/// Keeps what would end or stop the process waiting while it lives. What came meanwhile has its
/// effect at its end: when the terminal is as it was.
class HeldSignals final {
 public:
  HeldSignals() {
    sigset_t held;
    ::sigemptyset(&held);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP}) {
      struct sigaction now {};
      ::sigaction(signal, nullptr, &now);
      // A blocked signal waits even where it is ignored.
      if (now.sa_handler != SIG_IGN) ::sigaddset(&held, signal);
    }
    waiting_ = UniqueFd(::signalfd(-1, &held, SFD_CLOEXEC));
    if (!waiting_) throw std::system_error(errno, std::generic_category(), "signalfd");
    ::pthread_sigmask(SIG_BLOCK, &held, &before_);
  }
  ~HeldSignals() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  HeldSignals(const HeldSignals&) = delete;
  HeldSignals& operator=(const HeldSignals&) = delete;

  /// Readable when one waits.
  int fd() const { return waiting_.get(); }

 private:
  UniqueFd waiting_;
  sigset_t before_{};
};

/// Turns the echo off, and on again however the reading ends.
class Hidden final {
 public:
  explicit Hidden(int terminal) : terminal_(terminal) {
    if (::tcgetattr(terminal, &before_) != 0)
      throw std::system_error(errno, std::generic_category(), "asking the terminal");
    termios quiet = before_;
    quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    quiet.c_lflag |= ECHONL;
    if (::tcsetattr(terminal, TCSAFLUSH, &quiet) != 0)
      throw std::system_error(errno, std::generic_category(), "turning the terminal's echo off");
  }
  ~Hidden() { ::tcsetattr(terminal_, TCSAFLUSH, &before_); }
  Hidden(const Hidden&) = delete;
  Hidden& operator=(const Hidden&) = delete;

 private:
  const int terminal_;
  termios before_{};
};

void check_password(const std::string& password) {
  const auto wrong = [](const std::string& rule) {
    throw Failure(kWrongUsage, "the password " + rule);
  };
  if (password.size() < kMinPasswordBytes)
    wrong("must be at least " + std::to_string(kMinPasswordBytes) + " bytes long");
  if (password.size() > kMaxPasswordBytes)
    wrong("must be at most " + std::to_string(kMaxPasswordBytes) + " bytes long");
  if (password.find('\0') != std::string::npos) wrong("must not hold a NUL");
  if (!is_utf8(password)) wrong("must be UTF-8");
}

}  // namespace

void Console::flush(const std::string& consequence) {
  errno = 0;
  out.flush();
  if (out) return;
  const auto why = errno != 0 ? std::generic_category().message(errno) : "could not be written";
  throw Failure(kFailed, "stdout: " + why + consequence);
}

std::string Console::line(int signals) {
  // Byte by byte: what follows is somebody else's.
  std::string text;
  for (char c = 0;;) {
    pollfd readable[2] = {{in_, POLLIN, 0}, {signals, POLLIN, 0}};
    if (::poll(readable, 2, -1) < 0) continue;
    if (readable[1].revents != 0) throw Failure(kFailed, "interrupted");
    const auto size = ::read(in_, &c, 1);
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) throw std::system_error(errno, std::generic_category(), "reading the input");
    if (size == 0 || c == '\n') return text;
    if (text.size() > 2 * kMaxPasswordBytes) throw Failure(kWrongUsage, "the line is too long");
    text += c;
  }
}

std::string Console::hidden_line(const std::string& prompt) {
  const HeldSignals held;
  const Hidden hidden(in_);  // before the prompt: nothing typed after it is seen, or lost
  err << prompt << std::flush;
  return line(held.fd());
}

std::string Console::password() {
  if (::isatty(in_) == 0) {
    auto password = line();
    check_password(password);
    return password;
  }
  auto password = hidden_line("Password: ");
  check_password(password);
  if (hidden_line("Once more: ") != password)
    throw Failure(kWrongUsage, "the two passwords differ");
  return password;
}

void Console::confirm(const std::string& question, bool yes) {
  if (yes) return;
  if (::isatty(in_) == 0)
    throw Failure(kWrongUsage, "this asks first, and nobody can answer: say --yes");
  err << question << " [y/N] " << std::flush;
  const auto answer = line();
  if (answer != "y" && answer != "Y" && answer != "yes") throw Failure(kFailed, "nothing was done");
}

}  // namespace runyard::admin
