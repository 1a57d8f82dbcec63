#pragma once
// What runyard-agent-local has instead of the cgroup's counters: sums over /proc. They are looked
// at now and then, so a limit is noticed late instead of being enforced.
#include <cstdint>
#include <optional>
#include <string_view>

namespace runyard::agent {

struct LocalUsage {
  std::uint64_t cpu_ns = 0;        ///< of this process and all below it, ended ones included
  std::uint64_t memory_bytes = 0;  ///< of the others, and what lies on the tmpfs
  std::uint64_t processes = 0;     ///< and threads, this one included
};

LocalUsage local_usage();

/// The limit on memory_bytes, told once at the start. Without one nothing is too much.
void set_local_memory_limit(std::uint64_t bytes);
std::optional<std::uint64_t> local_memory_limit();
/// Grows by one each time that memory_bytes is found above the limit, as the kernel's counter does
/// when it has killed.
std::uint64_t local_oom_kills();

/// One /proc/PID/stat: CPU time in clock ticks with that of its ended children, and threads.
struct ProcessStat {
  std::uint64_t ticks = 0;
  std::uint64_t threads = 0;
};
/// nullopt for what is no such line. The name in it may hold anything.
std::optional<ProcessStat> parse_stat(std::string_view text);

}  // namespace runyard::agent
