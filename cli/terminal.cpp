#include "cli/terminal.hpp"

#include <poll.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "cli/failure.hpp"
#include "cli/files.hpp"
#include "cli/interrupts.hpp"

namespace runyard::cli {
namespace {

constexpr std::size_t kMaxLine = 64 * 1024;

/// Byte by byte, since what follows the line belongs to others. False: a signal came first.
bool read_line(std::string& line, const Interrupts* interrupts) {
  for (;;) {
    pollfd readable[2] = {{STDIN_FILENO, POLLIN, 0},
                          {interrupts ? interrupts->fd() : -1, POLLIN, 0}};
    if (::poll(readable, 2, -1) < 0) continue;
    if (readable[1].revents != 0) return false;
    char byte = 0;
    const auto size = ::read(STDIN_FILENO, &byte, 1);
    if (size < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (size < 0) throw Failure("stdin: " + std::generic_category().message(errno));
    if (size == 0 && line.empty()) throw Failure("stdin: ends where an answer is expected");
    if (size == 0 || byte == '\n') return true;
    line += byte;
    if (line.size() > kMaxLine) throw Failure("stdin: the line is too long");
  }
}

/// Keeps typed characters off the screen while it lives.
class EchoOff final {
 public:
  EchoOff() {
    known_ = ::tcgetattr(STDIN_FILENO, &old_) == 0;
    auto quiet = old_;
    quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    if (known_) ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
  }
  ~EchoOff() {
    if (known_) ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &old_);
  }
  EchoOff(const EchoOff&) = delete;
  EchoOff& operator=(const EchoOff&) = delete;

 private:
  termios old_{};
  bool known_ = false;
};

}  // namespace

std::string ask_line(const std::string& question) {
  if (::isatty(STDIN_FILENO)) write_all(STDERR_FILENO, question, "stderr");
  std::string line;
  read_line(line, nullptr);
  return line;
}

std::string ask_secret(const std::string& question) {
  if (!::isatty(STDIN_FILENO)) return ask_line(question);
  std::string line;
  int signal = 0;
  {
    Interrupts interrupts;
    interrupts.arm();
    const EchoOff quiet;
    // Only now, so that nobody answers before it is dark.
    write_all(STDERR_FILENO, question, "stderr");
    if (!read_line(line, &interrupts)) signal = interrupts.signal();
  }
  write_all(STDERR_FILENO, "\n", "stderr");
  if (signal != 0) die_of(signal);
  return line;
}

}  // namespace runyard::cli
