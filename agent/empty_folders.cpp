#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "agent/child.hpp"
#include "agent/files.hpp"
#include "agent/posix.hpp"

namespace runyard::agent {
namespace {

// Runs between vfork and _exit: system calls and the stack only. A sandbox whose memory is used up
// to the last page, by a hundred thousand empty files for instance, is cleaned all the same.

int open_folder(int parent, const char* name) {
  return ::openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

/// Opens a folder of this uid for deleting what is in it; -1 when it is somebody else's.
int open_own(int parent, const char* name, uid_t uid) {
  struct stat status {};
  if (::fstatat(parent, name, &status, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISDIR(status.st_mode) ||
      status.st_uid != uid)
    return -1;
  // Reading alone is not enough: its entries can only be deleted with rwx, which its owner may set.
  if ((status.st_mode & 0700) != 0700 && ::fchmodat(parent, name, 0700, 0) != 0) return -1;
  return open_folder(parent, name);
}

class Sweep final {
 public:
  Sweep(uid_t uid, std::uint64_t deadline) : uid_(uid), deadline_(deadline) {}

  /// Empties a tree of any depth with one descriptor: down by name, up by "..". Nobody else is
  /// alive, so the tree holds still and ".." is where we came from. No name is kept: on the way up
  /// a folder is read again from its start, which by then is what still has to go.
  void empty(const char* root) {
    int here = open_folder(AT_FDCWD, root);
    int depth = 0;
    while (here >= 0) {
      const int below = pass(here);
      if (below >= 0) {
        ::close(here);
        here = below;
        ++depth;
        continue;
      }
      // Whoever owns a folder can empty it. Where that fails, trying again would not end.
      if (depth == 0 || left_ || late()) break;
      const int above = open_folder(here, "..");
      ::close(here);
      here = above;
      --depth;
    }
    if (here >= 0) ::close(here);
  }

 private:
  bool late() const { return now_ns() > deadline_; }

  /// Deletes what it can and returns the first folder that has to be emptied first, or -1 when the
  /// folder was read to its end.
  int pass(int folder) {
    left_ = false;
    alignas(dirent64) char buffer[4096];
    if (::lseek(folder, 0, SEEK_SET) != 0) return -1;
    for (;;) {
      const ssize_t size = ::getdents64(folder, buffer, sizeof buffer);
      if (size <= 0) return -1;
      for (ssize_t at = 0; at < size;) {
        const auto* entry = reinterpret_cast<const dirent64*>(buffer + at);
        at += entry->d_reclen;
        const char* name = entry->d_name;
        if (std::strcmp(name, ".") == 0 || std::strcmp(name, "..") == 0) continue;
        if (late()) return -1;
        const bool is_folder = entry->d_type == DT_DIR;
        if (::unlinkat(folder, name, is_folder ? AT_REMOVEDIR : 0) == 0) continue;
        const int below = is_folder ? open_own(folder, name, uid_) : -1;
        if (below >= 0) return below;
        left_ = true;
      }
    }
  }

  const uid_t uid_;
  const std::uint64_t deadline_;
  bool left_ = false;  // the last pass met what it could not delete
};

}  // namespace

void empty_folders(const std::vector<std::string>& folders, uid_t uid, std::uint64_t timeout_ns) {
  const std::uint64_t deadline = now_ns() + timeout_ns;
  const pid_t pid = ::vfork();
  if (pid < 0) return;
  if (pid == 0) {
    if (become(uid) == 0) {
      Sweep sweep(::getuid(), deadline);
      for (const auto& folder : folders) sweep.empty(folder.c_str());
    }
    ::_exit(0);
  }
  while (::waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {
  }
}

}  // namespace runyard::agent
