#include "admin/console.hpp"

#include <termios.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "admin/failure.hpp"
#include "core/password.hpp"
#include "core/text.hpp"

namespace runyard::admin {
namespace {

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

std::string Console::line() {
  // Byte by byte: what follows is somebody else's.
  std::string text;
  for (char c = 0;;) {
    const auto size = ::read(in_, &c, 1);
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) throw std::system_error(errno, std::generic_category(), "reading the input");
    if (size == 0 || c == '\n') return text;
    if (text.size() > 2 * kMaxPasswordBytes) throw Failure(kWrongUsage, "the line is too long");
    text += c;
  }
}

std::string Console::hidden_line(const std::string& prompt) {
  const Hidden hidden(in_);  // before the prompt: nothing typed after it is seen, or lost
  err << prompt << std::flush;
  return line();
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
