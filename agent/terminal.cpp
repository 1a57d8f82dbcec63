#include "agent/terminal.hpp"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

namespace runyard::agent {
namespace {
constexpr const char* kPtmx = "/dev/pts/ptmx";
}

std::optional<Terminal> open_terminal(TtySize size) {
  Terminal terminal;
  terminal.master.reset(::open(kPtmx, O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK));
  if (!terminal.master) return std::nullopt;
  int unlock = 0;
  if (::ioctl(terminal.master.get(), TIOCSPTLCK, &unlock) != 0) return std::nullopt;
  // By the master's descriptor instead of by a name below /dev/pts.
  terminal.slave.reset(::ioctl(terminal.master.get(), TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC));
  if (!terminal.slave || !resize(terminal.master.get(), size)) return std::nullopt;
  ::fchmod(terminal.slave.get(),
           0666);  // programs that open their terminal by name; only this job is there
  return terminal;
}

bool resize(int master, TtySize size) {
  winsize window{};
  window.ws_col = size.cols;
  window.ws_row = size.rows;
  return ::ioctl(master, TIOCSWINSZ, &window) == 0;
}

bool close_ptmx_to_jobs() { return ::chmod(kPtmx, 0600) == 0; }

}  // namespace runyard::agent
