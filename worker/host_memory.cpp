#include "worker/host_memory.hpp"

#include <algorithm>
#include <fstream>
#include <optional>

namespace runyard {
namespace {

std::optional<std::int64_t> number_in(const std::string& path) {
  std::ifstream file(path);
  std::int64_t number = 0;  // "max" is none
  if (!(file >> number) || number <= 0) return std::nullopt;
  return number;
}

/// MemTotal, in KiB.
std::optional<std::int64_t> machine_kb(const std::string& root) {
  std::ifstream file(root + "proc/meminfo");
  for (std::string name, line; file >> name; std::getline(file, line)) {
    std::int64_t kb = 0;
    if (name == "MemTotal:" && file >> kb) return kb;
  }
  return std::nullopt;
}

}  // namespace

std::int64_t host_memory_kb(const std::string& root) {
  std::int64_t least = machine_kb(root).value_or(0);
  const auto take = [&](const std::string& path) {
    const auto bytes = number_in(path);
    if (bytes && (least == 0 || *bytes / 1024 < least)) least = *bytes / 1024;
  };
  const std::string groups = root + "sys/fs/cgroup/";
  std::ifstream file(root + "proc/self/cgroup");
  for (std::string line; std::getline(file, line);) {
    const auto first = line.find(':');
    const auto second = line.find(':', first + 1);
    if (first == std::string::npos || second == std::string::npos) continue;
    const auto controllers = line.substr(first + 1, second - first - 1);
    const bool unified = controllers.empty();
    if (!unified && (',' + controllers + ',').find(",memory,") == std::string::npos) continue;
    const auto base = groups + (unified ? "" : "memory");
    const std::string limit = unified ? "/memory.max" : "/memory.limit_in_bytes";
    // Also of the groups around it; of a container the innermost is the root.
    auto group = line.substr(second + 1);
    for (;; group = group.substr(0, group.rfind('/'))) {
      if (group == "/") group.clear();
      take(base + group + limit);
      if (group.empty() || group.find('/') == std::string::npos) break;
    }
  }
  return least;
}

}  // namespace runyard
