#include "tests/support/processes.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace runyard::test {
namespace {

namespace fs = std::filesystem;

/// Unlike an iterator over the stream's buffer, `<<` ends where reading fails.
std::string text_of(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

std::vector<std::string> entries_of(const fs::path& folder) {
  std::vector<std::string> paths;
  std::error_code gone;
  // Advanced by hand, since a range's loop throws when the folder goes away.
  for (fs::directory_iterator entry(folder, gone), end; !gone && entry != end;
       entry.increment(gone))
    paths.push_back(entry->path().string());
  return paths;
}

}  // namespace

std::vector<pid_t> all_processes() {
  std::vector<pid_t> found;
  for (const auto& path : entries_of("/proc"))
    if (const pid_t pid = std::atoi(fs::path(path).filename().c_str()); pid > 0)
      found.push_back(pid);
  return found;
}

std::string process_file(pid_t pid, const std::string& name) {
  return text_of("/proc/" + std::to_string(pid) + "/" + name);
}

std::vector<std::string> process_folder(pid_t pid, const std::string& name) {
  return entries_of("/proc/" + std::to_string(pid) + "/" + name);
}

std::vector<pid_t> children_of(pid_t pid) {
  std::vector<pid_t> found;
  for (const auto& task : process_folder(pid, "task")) {
    std::istringstream in(text_of(fs::path(task) / "children"));
    for (pid_t child = 0; in >> child;) found.push_back(child);
  }
  return found;
}

std::vector<std::string> arguments_of(pid_t pid) {
  std::vector<std::string> arguments;
  std::istringstream in(process_file(pid, "cmdline"));
  for (std::string argument; std::getline(in, argument, '\0');) arguments.push_back(argument);
  return arguments;
}

}  // namespace runyard::test
