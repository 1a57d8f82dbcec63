#pragma once
// How much memory this machine, or the group that this process is in, has.
#include <cstdint>
#include <string>

namespace runyard {

/// KiB, the least of the machine's and of every control group's limit around this process; 0 where
/// nothing says. `root`: where /proc and /sys are looked for.
std::int64_t host_memory_kb(const std::string& root = "/");

}  // namespace runyard
