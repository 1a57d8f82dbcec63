#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "agent/child.hpp"
#include "agent/files.hpp"
#include "agent/protection.hpp"

namespace runyard::agent {
namespace {

// Runs between vfork and _exit: system calls and the stack only.

int open_below(int folder, const char* name, int flags, mode_t mode) {
  open_how how{};
  how.flags = static_cast<std::uint64_t>(flags | O_CLOEXEC | O_NOFOLLOW);
  how.mode = mode;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS;
  return static_cast<int>(::syscall(SYS_openat2, folder, name, &how, sizeof how));
}

/// Opens the folder that holds the last component, one component at a time, making what is missing.
/// On success `last` is that component.
int open_parent(int box, const std::string& name, char (&last)[256], int& error) {
  int folder = box;
  const char* rest = name.c_str();
  for (;;) {
    const char* slash = std::strchr(rest, '/');
    const std::size_t length =
        slash == nullptr ? std::strlen(rest) : static_cast<std::size_t>(slash - rest);
    std::memcpy(last, rest, length);
    last[length] = '\0';
    if (slash == nullptr) return folder;
    // Sticky: what others have here can be neither renamed nor replaced.
    if (::mkdirat(folder, last, enabled(Protection::kSeal) ? 01777 : 0777) != 0 && errno != EEXIST)
      break;
    const int next = open_below(folder, last, O_PATH | O_DIRECTORY, 0);
    if (next < 0) break;
    if (folder != box) ::close(folder);
    folder = next;
    rest = slash + 1;
  }
  error = errno;
  if (folder != box) ::close(folder);
  return -1;
}

int write_file(int box, const std::string& name, std::string_view bytes, mode_t mode) {
  char last[256];
  int error = 0;
  const int folder = open_parent(box, name, last, error);
  if (folder < 0) return error;
  const mode_t allowed = enabled(Protection::kSeal) ? 0755 : 0777;
  const int fd = open_below(folder, last, O_WRONLY | O_CREAT | O_EXCL, mode & allowed);
  error = fd < 0 ? errno : 0;
  if (folder != box) ::close(folder);
  while (error == 0 && !bytes.empty()) {
    const ssize_t n = ::write(fd, bytes.data(), bytes.size());
    if (n >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(n));
    } else if (errno != EINTR) {
      error = errno;
    }
  }
  if (fd >= 0) ::close(fd);
  return error;
}

int write_all(const Job& job, uid_t uid, volatile std::size_t& index) {
  if (enabled(Protection::kNoFollow))
    if (const int error = become(uid)) return error;
  ::umask(0);
  const int box = ::open("/box", O_PATH | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
  if (box < 0) return errno;
  std::size_t offset = 0;
  for (const auto& file : job.files) {
    index = static_cast<std::size_t>(&file - job.files.data());
    const auto bytes = job.blob.view().substr(offset, file.size);
    if (const int error = write_file(box, file.name, bytes, file.mode)) return error;
    if (!kLocal) job.blob.drop(offset, file.size);
    offset += file.size;
  }
  return 0;
}

}  // namespace

WriteError write_files(const Job& job, uid_t uid) {
  if (job.files.empty()) return {};
  // Written by the child, which shares this memory until it ends.
  volatile std::size_t file = 0;
  volatile int error = ECHILD;
  const pid_t pid = ::vfork();
  if (pid == 0) {
    error = write_all(job, uid, file);
    ::_exit(0);
  }
  if (pid < 0) return {errno, 0};
  while (::waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {
  }
  return {error, file};
}

}  // namespace runyard::agent
