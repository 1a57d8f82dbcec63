#include "agent/proof.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <ctime>

#include "agent/posix.hpp"
#include "agent/protection.hpp"

namespace runyard::agent {
namespace {

/// True when /proc shows one process only: this one.
bool alone() {
  DIR* dir = ::opendir("/proc");
  if (dir == nullptr) return false;
  int processes = 0;
  while (const dirent* entry = ::readdir(dir))
    if (entry->d_name[0] >= '1' && entry->d_name[0] <= '9') ++processes;
  ::closedir(dir);
  return processes == 1;
}

std::string sockets_now(const Fd& sockstat) {
  char buffer[1024];
  return socket_counts(reread(sockstat.get(), buffer, sizeof buffer));
}

/// Every datagram, segment and failed try of IP is counted here, for all to read and for good.
std::string counters_now(const Fd& snmp, const Fd& snmp6) {
  char four[4096];
  char six[8192];
  return std::string(snmp ? reread(snmp.get(), four, sizeof four) : "")
      .append(snmp6 ? reread(snmp6.get(), six, sizeof six) : "");
}

Fd open_to_read(const char* path) { return Fd(::open(path, O_RDONLY | O_CLOEXEC)); }

/// In a container the engine holds a socket in the namespace for good. bubblewrap speaks to the
/// kernel by one, to raise the loopback device, that is counted until a moment after its end: taken
/// as the baseline, it would make every later look differ.
std::string first_sockets(const Fd& sockstat) {
  constexpr std::uint64_t kSettle = 100'000'000;
  const std::uint64_t start = now_ns();
  auto counts = sockets_now(sockstat);
  while (kLocal && counts.rfind("sockets used=0\n", 0) != 0 && now_ns() - start < kSettle) {
    const timespec moment{0, 1'000'000};
    ::nanosleep(&moment, nullptr);
    counts = sockets_now(sockstat);
  }
  return counts;
}

bool sysv_empty() {
  for (const char* path : {"/proc/sysvipc/msg", "/proc/sysvipc/sem", "/proc/sysvipc/shm"}) {
    const auto text = read_file(path);
    // Without the file there is no SysV IPC in this kernel.
    if (text && !only_heading(*text)) return false;
  }
  return true;
}

/// Closing a unix socket makes the kernel look for sockets that only hold each other.
void collect_sockets() {
  for (int i = 0; i < 3; ++i) {
    int pair[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0) return;
    ::close(pair[0]);
    ::close(pair[1]);
  }
}

}  // namespace

std::string socket_counts(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    out.append(line.substr(0, colon));
    line.remove_prefix(colon + 1);
    while (!line.empty()) {
      const auto word = [&line] {
        line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
        const auto end = std::min(line.find(' '), line.size());
        const auto found = line.substr(0, end);
        line.remove_prefix(end);
        return found;
      };
      const auto key = word();
      const auto value = word();
      if (key.empty() || key == "mem" || key == "memory" || key == "alloc") continue;
      out.append(" ").append(key).append("=").append(value);
    }
    out.push_back('\n');
  }
  return out;
}

bool only_heading(std::string_view text) {
  const auto end = text.find('\n');
  return end == std::string_view::npos || end + 1 == text.size();
}

Baseline::Baseline()
    : mounts_(read_file("/proc/self/mountinfo").value_or("")),
      sockstat_(open_to_read("/proc/net/sockstat")),
      snmp_(open_to_read("/proc/net/snmp")),
      snmp6_(open_to_read("/proc/net/snmp6")),
      sockets_(first_sockets(sockstat_)),
      counters_(counters_now(snmp_, snmp6_)),
      descriptors_(count_entries("/proc/self/fd")),
      terminals_(count_entries("/dev/pts")) {
  folders_ = job_folders(mounts_);
  free_ = free_of(folders_);
}

std::string Baseline::look() const {
  if (free_of(folders_) != free_) return "something is left on a tmpfs";
  if (sockets_now(sockstat_) != sockets_) return "a socket is left";
  if (!alone()) return "a process is left";
  return {};
}

std::string Baseline::network_difference() const {
  if (!enabled(Protection::kSeal) || counters_now(snmp_, snmp6_) == counters_) return {};
  return "the network was used";
}

std::string Baseline::run_difference() const {
  constexpr std::uint64_t kSettle = 100'000'000;
  const std::uint64_t start = now_ns();
  while (sockets_now(sockstat_) != sockets_) {
    if (now_ns() - start > kSettle) return "a socket is left";
    collect_sockets();
    const timespec moment{0, 1'000'000};
    ::nanosleep(&moment, nullptr);
  }
  return network_difference();
}

std::string Baseline::difference() const {
  constexpr std::uint64_t kSettle = 100'000'000;
  const std::uint64_t start = now_ns();
  std::string left = look();
  while (!left.empty() && now_ns() - start < kSettle) {
    collect_sockets();
    const timespec moment{0, 1'000'000};
    ::nanosleep(&moment, nullptr);
    left = look();
  }
  if (!left.empty()) return left;
  if (auto used = network_difference(); !used.empty()) return used;
  if (count_entries("/dev/mqueue") > 0) return "a message queue is left";
  if (!sysv_empty()) return "a SysV object is left";
  if (count_entries("/proc/self/fd") != descriptors_) return "a descriptor of the agent is left";
  if (count_entries("/dev/pts") != terminals_) return "a terminal is left";
  if (read_file("/proc/self/mountinfo").value_or("") != mounts_) return "the mounts have changed";
  return {};
}

}  // namespace runyard::agent
