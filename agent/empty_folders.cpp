#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <utility>
#include <vector>

#include "agent/child.hpp"
#include "agent/files.hpp"
#include "agent/posix.hpp"

namespace runyard::agent {
namespace {

/// One folder on the way down: its name in the one above and its folders that are still to be
/// emptied.
struct Level {
  std::string name;
  std::vector<std::string> folders;
};

int open_folder(int parent, const char* name) {
  return ::openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

/// Deletes all but folders, whose names it returns. Everything is read before anything is deleted.
std::vector<std::string> delete_files(int folder) {
  std::vector<std::string> files;
  std::vector<std::string> folders;
  DIR* dir = ::fdopendir(::dup(folder));
  if (dir == nullptr) return folders;
  ::rewinddir(dir);
  while (const dirent* entry = ::readdir(dir)) {
    const std::string_view name = entry->d_name;
    if (name == "." || name == "..") continue;
    (entry->d_type == DT_DIR ? folders : files).emplace_back(name);
  }
  ::closedir(dir);
  for (const auto& name : files)
    if (::unlinkat(folder, name.c_str(), 0) != 0 && errno == EISDIR) folders.push_back(name);
  return folders;
}

/// Empties a tree of any depth with two descriptors: down by name, up by "..". Nobody else is
/// alive, so the tree holds still and ".." is where we came from.
void empty(const std::string& root) {
  Fd here(open_folder(AT_FDCWD, root.c_str()));
  if (!here) return;
  std::vector<Level> way;
  way.push_back({"", delete_files(here.get())});
  while (!way.empty()) {
    if (way.back().folders.empty()) {
      const std::string name = std::move(way.back().name);
      way.pop_back();
      if (way.empty()) return;
      Fd above(open_folder(here.get(), ".."));
      if (!above) return;
      here = std::move(above);
      ::unlinkat(here.get(), name.c_str(), AT_REMOVEDIR);
      continue;
    }
    const std::string name = std::move(way.back().folders.back());
    way.back().folders.pop_back();
    if (::unlinkat(here.get(), name.c_str(), AT_REMOVEDIR) == 0) continue;
    Fd below(open_folder(here.get(), name.c_str()));
    struct stat status {};
    // Reading alone is not enough: its entries can only be deleted with rwx, which its owner may
    // set.
    if (::fstatat(here.get(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0 &&
        S_ISDIR(status.st_mode) && (status.st_mode & 0700) != 0700 &&
        ::fchmodat(here.get(), name.c_str(), 0700, 0) == 0)
      below.reset(open_folder(here.get(), name.c_str()));
    if (!below) continue;
    here = std::move(below);
    way.push_back({name, delete_files(here.get())});
  }
}

}  // namespace

void empty_folders(const std::vector<std::string>& folders, uid_t uid, std::uint64_t timeout_ns) {
  const std::uint64_t deadline = now_ns() + timeout_ns;
  const pid_t pid = ::fork();
  if (pid < 0) return;
  if (pid == 0) {
    if (become(uid) != 0) ::_exit(1);
    for (const auto& folder : folders) empty(folder);
    ::_exit(0);
  }
  sigset_t child;
  sigemptyset(&child);
  sigaddset(&child, SIGCHLD);
  while (::waitpid(pid, nullptr, WNOHANG) == 0) {
    if (now_ns() > deadline) ::kill(pid, SIGKILL);
    const timespec round{0, 5'000'000};
    ::sigtimedwait(&child, nullptr, &round);
  }
}

}  // namespace runyard::agent
