#include "agent/local_usage.hpp"

#include <dirent.h>
#include <sys/resource.h>
#include <sys/statfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <ctime>
#include <string>

#include "agent/posix.hpp"

namespace runyard::agent {
namespace {

constexpr std::uint64_t kSecond = 1'000'000'000;
std::optional<std::uint64_t> memory_limit;  // set before the first job, constant after
std::uint64_t oom_kills = 0;

std::uint64_t to_ns(const timeval& time) {
  return static_cast<std::uint64_t>(time.tv_sec) * kSecond +
         static_cast<std::uint64_t>(time.tv_usec) * 1000;
}

/// This process, and its children that have ended, with theirs.
std::uint64_t own_cpu_ns() {
  timespec self{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &self);
  rusage children{};
  ::getrusage(RUSAGE_CHILDREN, &children);
  return static_cast<std::uint64_t>(self.tv_sec) * kSecond +
         static_cast<std::uint64_t>(self.tv_nsec) + to_ns(children.ru_utime) +
         to_ns(children.ru_stime);
}

/// "RssAnon:    1234 kB" of /proc/PID/status, in bytes; `key` with its colon.
std::uint64_t status_bytes(std::string_view status, std::string_view key) {
  const auto at = status.find(key);
  if (at == std::string_view::npos) return 0;
  const std::string number(status.substr(at + key.size(), 24));
  return std::strtoull(number.c_str(), nullptr, 10) * 1024;
}

std::uint64_t tmpfs_bytes() {
  std::uint64_t bytes = 0;
  for (const char* folder : {"/box", "/tmp", "/dev/shm"}) {
    struct statfs status {};
    if (::statfs(folder, &status) != 0) continue;
    bytes += (status.f_blocks - status.f_bfree) * static_cast<std::uint64_t>(status.f_bsize);
  }
  return bytes;
}

}  // namespace

std::optional<ProcessStat> parse_stat(std::string_view text) {
  // "7 (a name) S 1 ...": the name ends with the last parenthesis.
  const auto end = text.rfind(')');
  if (end == std::string_view::npos || end + 2 >= text.size()) return std::nullopt;
  const std::string rest(text.substr(end + 2));
  std::array<std::uint64_t, 18> fields{};  // from the state, the third of proc(5), on
  const char* at = rest.c_str() + 1;
  for (std::size_t i = 1; i < fields.size(); ++i) {
    char* next = nullptr;
    fields[i] = static_cast<std::uint64_t>(std::strtoll(at, &next, 10));
    if (next == at) return std::nullopt;
    at = next;
  }
  return ProcessStat{fields[11] + fields[12] + fields[13] + fields[14], fields[17]};
}

LocalUsage local_usage() {
  LocalUsage usage;
  usage.cpu_ns = own_cpu_ns();
  DIR* dir = ::opendir("/proc");
  if (dir == nullptr) return usage;
  std::uint64_t shared = tmpfs_bytes();
  static const auto ticks_a_second = static_cast<std::uint64_t>(::sysconf(_SC_CLK_TCK));
  const std::string self = std::to_string(::getpid());
  while (const dirent* entry = ::readdir(dir)) {
    const std::string name = entry->d_name;
    if (name.front() < '1' || name.front() > '9') continue;
    const auto stat = parse_stat(read_file(("/proc/" + name + "/stat").c_str()).value_or(""));
    if (!stat) continue;  // it has just ended
    usage.processes += stat->threads;
    if (name == self) continue;
    usage.cpu_ns += stat->ticks * (kSecond / ticks_a_second);
    const auto status = read_file(("/proc/" + name + "/status").c_str()).value_or("");
    usage.memory_bytes += status_bytes(status, "RssAnon:");
    // Processes may share it, and it may be files of the tmpfs: the most that one has is there for
    // certain.
    shared = std::max(shared, status_bytes(status, "RssShmem:"));
  }
  usage.memory_bytes += shared;
  ::closedir(dir);
  return usage;
}

void set_local_memory_limit(std::uint64_t bytes) { memory_limit = bytes; }
std::optional<std::uint64_t> local_memory_limit() { return memory_limit; }

std::uint64_t local_oom_kills() {
  if (memory_limit && local_usage().memory_bytes > *memory_limit) ++oom_kills;
  return oom_kills;
}

}  // namespace runyard::agent
