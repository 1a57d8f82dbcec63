#include "agent/cgroup.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <initializer_list>

#include "agent/local_usage.hpp"
#include "agent/protection.hpp"

namespace runyard::agent {
namespace {

Fd open_first(const std::string& root, std::initializer_list<const char*> names) {
  for (const char* name : names) {
    Fd fd(::open((root + name).c_str(), O_RDONLY | O_CLOEXEC));
    if (fd) return fd;
  }
  return Fd();
}

std::optional<std::uint64_t> read_counter(const Fd& fd, std::string_view key) {
  if (!fd) return std::nullopt;
  char buffer[4096];
  return counter(reread(fd.get(), buffer, sizeof buffer), key);
}

}  // namespace

std::optional<std::uint64_t> counter(std::string_view text, std::string_view key) {
  while (!text.empty()) {
    auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    if (!key.empty()) {
      if (line.size() <= key.size() || line.substr(0, key.size()) != key || line[key.size()] != ' ')
        continue;
      line.remove_prefix(key.size() + 1);
    }
    if (line.empty()) return std::nullopt;
    std::uint64_t value = 0;
    for (const char c : line) {
      if (c < '0' || c > '9') return std::nullopt;
      const auto digit = static_cast<std::uint64_t>(c - '0');
      if (value > (UINT64_MAX - digit) / 10) return std::nullopt;
      value = value * 10 + digit;
    }
    return value;
  }
  return std::nullopt;
}

Cgroup::Cgroup(const std::string& root) {
  v2_ = ::access((root + "/cgroup.controllers").c_str(), F_OK) == 0;
  if (v2_) {
    cpu_ = open_first(root, {"/cpu.stat"});
    oom_ = open_first(root, {"/memory.events"});
    pids_events_ = open_first(root, {"/pids.events"});
    pids_current_ = open_first(root, {"/pids.current"});
    memory_stat_ = open_first(root, {"/memory.stat"});
    memory_peak_ = open_first(root, {"/memory.peak"});
    memory_limit_ = open_first(root, {"/memory.max"});
    memory_usage_ = open_first(root, {"/memory.current"});
    return;
  }
  cpu_ = open_first(root, {"/cpuacct/cpuacct.usage", "/cpu,cpuacct/cpuacct.usage"});
  oom_ = open_first(root, {"/memory/memory.oom_control"});
  pids_events_ = open_first(root, {"/pids/pids.events"});
  pids_current_ = open_first(root, {"/pids/pids.current"});
  memory_stat_ = open_first(root, {"/memory/memory.stat"});
  memory_peak_ = open_first(root, {"/memory/memory.max_usage_in_bytes"});
  memory_limit_ = open_first(root, {"/memory/memory.limit_in_bytes"});
  memory_usage_ = open_first(root, {"/memory/memory.usage_in_bytes"});
}

std::string Cgroup::missing() const {
  if constexpr (kLocal) return {};
  if (!cpu_ns()) return "the CPU time of the cgroup";
  if (!oom_kills()) return "the out-of-memory counter of the cgroup";
  if (!refused_forks()) return "the refused forks of the cgroup";
  if (!processes()) return "the process count of the cgroup";
  return {};
}

std::optional<std::uint64_t> Cgroup::cpu_ns() const {
  if constexpr (kLocal) return local_usage().cpu_ns;
  if (!v2_) return read_counter(cpu_, "");
  const auto usec = read_counter(cpu_, "usage_usec");
  if (!usec) return std::nullopt;
  return *usec * 1000;
}

std::optional<std::uint64_t> Cgroup::oom_kills() const {
  if constexpr (kLocal) return local_oom_kills();
  return read_counter(oom_, "oom_kill");
}

std::optional<std::uint64_t> Cgroup::refused_forks() const {
  if constexpr (kLocal) return std::uint64_t{0};
  return read_counter(pids_events_, "max");
}

std::optional<std::uint64_t> Cgroup::processes() const {
  if constexpr (kLocal) return local_usage().processes;
  return read_counter(pids_current_, "");
}

std::optional<std::uint64_t> Cgroup::memory_bytes() const {
  if constexpr (kLocal) return local_usage().memory_bytes;
  if (!memory_stat_) return std::nullopt;
  char buffer[4096];
  const auto text = reread(memory_stat_.get(), buffer, sizeof buffer);
  const auto anonymous = counter(text, v2_ ? "anon" : "rss");
  if (!anonymous) return std::nullopt;
  return *anonymous + counter(text, "shmem").value_or(0);
}

std::optional<std::uint64_t> Cgroup::peak_bytes() const {
  if constexpr (kLocal) return std::nullopt;
  return read_counter(memory_peak_, "");
}

std::optional<std::uint64_t> Cgroup::memory_limit() const {
  if constexpr (kLocal) return local_memory_limit();
  return read_counter(memory_limit_, "");
}

std::uint64_t Cgroup::free_bytes() const {
  const auto limit = memory_limit();
  const auto usage = read_counter(memory_usage_, "");
  if (kLocal || !limit || !usage) return UINT64_MAX;
  const auto left = *limit - std::min(*usage, *limit);
  // Reading what can be reclaimed takes longer than all else, and is asked for only near the limit.
  constexpr std::uint64_t kPlenty = 16u << 20;
  if (left >= kPlenty) return left;
  char buffer[4096];
  const auto text = reread(memory_stat_.get(), buffer, sizeof buffer);
  const auto cache =
      counter(text, "inactive_file").value_or(0) + counter(text, "active_file").value_or(0);
  return left + std::min(*usage, cache);
}

std::optional<SocketMemory> Cgroup::uncounted_sockets() const {
  if (v2_) return std::nullopt;
  return sockets_.now();
}

}  // namespace runyard::agent
