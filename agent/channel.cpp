#include "agent/channel.hpp"

#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <cerrno>

namespace runyard::agent {

void leave(int exit_code) {
  ::kill(-1, SIGKILL);
  ::_exit(exit_code);
}

void Channel::receive() {
  static char buffer[protocol::kMaxFrame];
  const ssize_t n = ::read(in_, buffer, sizeof buffer);
  if (n < 0 && (errno == EINTR || errno == EAGAIN)) return;
  if (n <= 0) leave(0);
  try {
    reader_.feed(std::string_view(buffer, static_cast<std::size_t>(n)));
  } catch (const protocol::ProtocolError& error) {
    refuse(error.what());
  }
}

void Channel::flush() {
  for (;;) {
    flush_some();
    if (out_.empty()) return;
    // Also wakes up when the worker's end of the input is gone: nobody reads the output then.
    pollfd ready[2] = {{out_.fd(), POLLOUT, 0}, {in_, 0, 0}};
    ::poll(ready, 2, -1);
    if ((ready[1].revents & (POLLHUP | POLLERR)) != 0) leave(0);
  }
}

void Channel::flush_some() {
  if (!out_.flush_some()) leave(0);
}

void Channel::refuse(std::string_view why) {
  if (out_.has_room()) out_.add(protocol::FrameType::kRefused, 0, 0, why.substr(0, 200));
  out_.flush_some();
  leave(1);
}

}  // namespace runyard::agent
