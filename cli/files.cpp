#include "cli/files.hpp"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "cli/failure.hpp"
#include "core/unique_fd.hpp"

namespace runyard::cli {
namespace {

std::string reason(int error) { return std::generic_category().message(error); }

}  // namespace

std::string read_all(int fd, std::size_t limit, const std::string& name) {
  std::string text;
  char chunk[65536];
  for (;;) {
    const auto size = ::read(fd, chunk, sizeof chunk);
    if (size == 0) return text;
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) throw Failure(name + ": " + reason(errno));
    text.append(chunk, static_cast<std::size_t>(size));
    if (text.size() > limit)
      throw Failure(name + ": is larger than " + std::to_string(limit) +
                    " bytes, more than a request may have");
  }
}

std::string read_file(const std::string& path) {
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) throw Failure(path + ": " + reason(errno), kFileMissing);
  try {
    return read_all(fd.get(), kMaxInputBytes, path);
  } catch (const Failure& failure) {
    throw Failure(failure.what(), kFileMissing);
  }
}

void fill_standard_streams() {
  // open() gives the lowest number that is free.
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; ++fd)
    if (::fcntl(fd, F_GETFD) == -1 && errno == EBADF && ::open("/dev/null", O_RDWR) != fd)
      ::_exit(kFailed);
}

void write_all(int fd, std::string_view bytes, const std::string& name) {
  while (!bytes.empty()) {
    const auto size = ::write(fd, bytes.data(), bytes.size());
    if (size >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(size));
    } else if (errno == EPIPE) {
      throw PipeClosed();
    } else if (errno == EAGAIN) {  // somebody shares the terminal with us and set it so
      pollfd writable{fd, POLLOUT, 0};
      ::poll(&writable, 1, -1);
    } else if (errno != EINTR) {
      throw WriteFailed(name + ": " + reason(errno));
    }
  }
}

}  // namespace runyard::cli
