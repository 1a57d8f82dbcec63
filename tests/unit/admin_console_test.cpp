#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <fstream>
#include <future>
#include <sstream>

#include "admin/console.hpp"
#include "admin/failure.hpp"
#include "core/unique_fd.hpp"
#include "tests/support/catch.hpp"

using namespace runyard;
using namespace runyard::admin;

namespace {

/// A terminal with somebody in front of it.
struct Terminal {
  Terminal() {
    REQUIRE(::grantpt(master.get()) == 0);
    REQUIRE(::unlockpt(master.get()) == 0);
    char name[128];
    REQUIRE(::ptsname_r(master.get(), name, sizeof name) == 0);
    slave = UniqueFd(::open(name, O_RDWR | O_NOCTTY | O_CLOEXEC));
    screen.open(name);
    REQUIRE(slave);
  }
  /// Waits for that on the screen, then types.
  void answer(const std::string& prompt, const std::string& text) {
    while (seen.find(prompt) == std::string::npos) read();
    REQUIRE(::write(master.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size()));
  }
  void read() {
    pollfd readable{master.get(), POLLIN, 0};
    REQUIRE(::poll(&readable, 1, 10'000) == 1);
    char chunk[256];
    const auto size = ::read(master.get(), chunk, sizeof chunk);
    REQUIRE(size > 0);
    seen.append(chunk, static_cast<std::size_t>(size));
  }
  bool echoes() const {
    termios now{};
    REQUIRE(::tcgetattr(slave.get(), &now) == 0);
    return (now.c_lflag & static_cast<tcflag_t>(ECHO)) != 0;
  }

  UniqueFd master{::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC)};
  UniqueFd slave;
  std::ofstream screen;
  std::string seen;
};

std::string typed(const std::string& input) {
  int ends[2];
  REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
  const UniqueFd in(ends[0]);
  {
    const UniqueFd out(ends[1]);
    REQUIRE(::write(out.get(), input.data(), input.size()) == static_cast<ssize_t>(input.size()));
  }
  std::ostringstream sink;
  return Console(in.get(), sink, sink).password();
}

}  // namespace

TEST_CASE("a password from a pipe is its first line") {
  CHECK(typed("geheim-genug\nmore\n") == "geheim-genug");
  CHECK(typed("geheim-genug") == "geheim-genug");
  CHECK(typed(" mit Rand \r\n") == " mit Rand \r");
}

TEST_CASE("a password that breaks a rule is refused by its rule") {
  CHECK_THROWS_WITH(typed("short\n"), "the password must be at least 8 bytes long");
  CHECK_THROWS_WITH(typed(""), "the password must be at least 8 bytes long");
  CHECK_THROWS_WITH(typed(std::string(1025, 'x')), "the password must be at most 1024 bytes long");
  CHECK_THROWS_WITH(typed(std::string(20'000, 'x')), "the line is too long");
  CHECK_THROWS_WITH(typed(std::string("12345678\0", 9)), "the password must not hold a NUL");
  CHECK_THROWS_WITH(typed("12345678\xFF"), "the password must be UTF-8");
}

TEST_CASE("a password typed at a terminal is asked for twice and never seen") {
  Terminal terminal;
  std::ostringstream out;
  Console console(terminal.slave.get(), out, terminal.screen);
  auto password = std::async(std::launch::async, [&] { return console.password(); });
  terminal.answer("Password: ", "geheim-genug\n");
  terminal.answer("Once more: ", "geheim-genug\n");
  CHECK(password.get() == "geheim-genug");
  CHECK(terminal.seen.find("geheim") == std::string::npos);
  CHECK(terminal.echoes());
}

TEST_CASE("a signal at the password ends the program, and the terminal echoes again") {
  for (const int signal : {SIGINT, SIGTERM}) {
    Terminal terminal;
    const auto child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
      ::signal(signal, SIG_DFL);
      std::ostringstream out;
      try {
        Console(terminal.slave.get(), out, terminal.screen).password();
      } catch (const std::exception&) {  // no way for this test to end
      }
      ::_exit(0);
    }
    while (terminal.seen.find("Password: ") == std::string::npos) terminal.read();
    CHECK_FALSE(terminal.echoes());
    CHECK(::kill(child, signal) == 0);
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    CHECK(WIFSIGNALED(status));
    CHECK(WTERMSIG(status) == signal);
    CHECK(terminal.echoes());
  }
}

TEST_CASE("two different passwords at a terminal are none") {
  Terminal terminal;
  std::ostringstream out;
  Console console(terminal.slave.get(), out, terminal.screen);
  auto password = std::async(std::launch::async, [&] { return console.password(); });
  terminal.answer("Password: ", "geheim-genug\n");
  terminal.answer("Once more: ", "geheim-genau\n");
  CHECK_THROWS_WITH(password.get(), "the two passwords differ");
  CHECK(terminal.echoes());
}

TEST_CASE("a question is answered by yes, at a terminal, or by --yes") {
  Terminal terminal;
  std::ostringstream out;
  Console console(terminal.slave.get(), out, terminal.screen);
  auto yes = std::async(std::launch::async, [&] { console.confirm("Remove it?", false); });
  terminal.answer("Remove it? [y/N] ", "y\n");
  CHECK_NOTHROW(yes.get());
  terminal.seen.clear();
  auto no = std::async(std::launch::async, [&] { console.confirm("Remove it?", false); });
  terminal.answer("Remove it? [y/N] ", "\n");
  CHECK_THROWS_WITH(no.get(), "nothing was done");

  const UniqueFd nobody(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  Console script(nobody.get(), out, out);
  CHECK_NOTHROW(script.confirm("Remove it?", true));
  CHECK_THROWS_WITH(script.confirm("Remove it?", false),
                    "this asks first, and nobody can answer: say --yes");
}
