#pragma once
// What the test's own process holds, to prove that nothing leaks.
#include <dirent.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace runyard::test {

/// Number of open file descriptors.
inline int open_fds() {
  int count = 0;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
    static_cast<void>(entry);
    ++count;
  }
  return count - 1;  // that of the listing itself
}

/// Number of child processes, zombies included.
inline int children() {
  int count = 0;
  for (const auto& task : std::filesystem::directory_iterator("/proc/self/task")) {
    std::ifstream in(task.path() / "children");
    for (int pid = 0; in >> pid;) ++count;
  }
  return count;
}

}  // namespace runyard::test
