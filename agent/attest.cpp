#include "agent/attest.hpp"

#include <dirent.h>
#include <linux/capability.h>
#include <net/if.h>
#include <unistd.h>

#include <cstdlib>
#include <optional>
#include <string_view>

#include "agent/cgroup.hpp"
#include "agent/posix.hpp"
#include "agent/tmpfs.hpp"

namespace runyard::agent {
namespace {

constexpr std::uint64_t kCapabilities = 1ull << CAP_SETUID | 1ull << CAP_SETGID | 1ull << CAP_KILL;

/// The value after "Key:\t" in /proc/self/status.
std::optional<std::string> field(std::string_view status, std::string_view key) {
  const std::string start = std::string(key) + ":\t";
  auto at = status.substr(0, start.size()) == start ? 0 : status.find("\n" + start);
  if (at == std::string_view::npos) return std::nullopt;
  if (at != 0) ++at;
  status.remove_prefix(at + start.size());
  return std::string(status.substr(0, status.find('\n')));
}

std::optional<std::uint64_t> hex_field(std::string_view status, std::string_view key) {
  const auto text = field(status, key);
  if (!text || text->empty()) return std::nullopt;
  char* end = nullptr;
  const std::uint64_t value = std::strtoull(text->c_str(), &end, 16);
  if (*end != '\0') return std::nullopt;
  return value;
}

/// "ro" among the options of the mount at "/".
bool root_is_read_only(std::string_view mountinfo) {
  bool read_only = false;
  while (!mountinfo.empty()) {
    const auto line = mountinfo.substr(0, mountinfo.find('\n'));
    mountinfo.remove_prefix(std::min(mountinfo.size(), line.size() + 1));
    const auto at = line.find(" / / ");  // root of the file system, mounted at /
    const auto other = line.find(" / ");
    if (at == std::string_view::npos) {
      // A bind mount as root has another first field, "/some/folder / ".
      if (other == std::string_view::npos) continue;
      const auto point = line.substr(other);
      if (point.substr(0, 5) == " / ro" && (point[5] == ' ' || point[5] == ',')) read_only = true;
      continue;
    }
    const auto options = line.substr(at + 5);
    read_only = options.substr(0, 3) == "ro " || options.substr(0, 3) == "ro,";
  }
  return read_only;
}

}  // namespace

Surroundings look_around() {
  Surroundings seen;
  seen.pid = static_cast<int>(::getpid());
  seen.status = read_file("/proc/self/status").value_or("");
  seen.mountinfo = read_file("/proc/self/mountinfo").value_or("");
  seen.missing_counter = Cgroup().missing();
  DIR* dir = ::opendir("/sys/class/net");
  if (dir == nullptr) {
    seen.interfaces.emplace_back("an unknown one");
    return seen;
  }
  while (const dirent* entry = ::readdir(dir)) {
    const std::string name = entry->d_name;
    if (name == "." || name == ".." || name == "bonding_masters") continue;
    // Some hosts put tunnel devices into every network namespace; they are down and nobody here can
    // change that.
    const auto flags = read_file(("/sys/class/net/" + name + "/flags").c_str());
    if (!flags || (std::strtoul(flags->c_str(), nullptr, 16) & IFF_UP) != 0)
      seen.interfaces.push_back(name);
  }
  ::closedir(dir);
  return seen;
}

std::string attest(const Surroundings& seen) {
  if (seen.pid != 1) return "the agent is not PID 1 of the sandbox";
  for (const char* set : {"CapEff", "CapPrm", "CapBnd"})
    if (hex_field(seen.status, set) != kCapabilities)
      return std::string(set) + " is not exactly SETUID, SETGID and KILL";
  if ((hex_field(seen.status, "CapInh").value_or(~0ull) & ~kCapabilities) != 0)
    return "CapInh has more";
  if (hex_field(seen.status, "CapAmb") != 0u) return "CapAmb is not empty";
  if (field(seen.status, "NoNewPrivs") != "1") return "no-new-privileges is not set";
  if (field(seen.status, "Seccomp") != "2") return "no seccomp profile is loaded";
  if (field(seen.status, "Uid") != "0\t0\t0\t0") return "the agent is not uid 0";
  if (!root_is_read_only(seen.mountinfo)) return "/ is writable";
  for (const auto& name : seen.interfaces)
    if (name != "lo") return "there is a network interface besides lo: " + name;
  const auto others = other_writable(seen.mountinfo);
  if (!others.empty()) return "a writable mount at " + others.front();
  const auto folders = job_folders(seen.mountinfo);
  for (const char* needed : {"/box", "/tmp"}) {
    bool found = false;
    for (const auto& folder : folders) found = found || folder == needed;
    if (!found) return std::string(needed) + " is not a writable tmpfs";
  }
  const auto with_atime = telling_atime(seen.mountinfo);
  if (!with_atime.empty()) return with_atime.front() + " tells when its files were read";
  if (!seen.missing_counter.empty()) return "cannot read " + seen.missing_counter;
  return {};
}

}  // namespace runyard::agent
