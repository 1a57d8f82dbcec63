#pragma once
// Processes by /proc. Any of them may end at any moment, also between two bytes of its file: what
// is gone has no files, no children and no arguments, and nothing throws.
#include <sys/types.h>

#include <string>
#include <vector>

namespace runyard::test {

std::vector<pid_t> all_processes();
/// /proc/PID/NAME.
std::string process_file(pid_t pid, const std::string& name);
/// Paths of what is in /proc/PID/NAME.
std::vector<std::string> process_folder(pid_t pid, const std::string& name);
std::vector<pid_t> children_of(pid_t pid);
std::vector<std::string> arguments_of(pid_t pid);

}  // namespace runyard::test
