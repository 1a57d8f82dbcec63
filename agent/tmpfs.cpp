#include "agent/tmpfs.hpp"

#include <sys/statfs.h>

#include <algorithm>
#include <array>

namespace runyard::agent {
namespace {

constexpr std::array<std::string_view, 4> kFolders = {"/box", "/tmp", "/dev/shm", "/run"};

struct Mount {
  std::string_view point;
  std::string_view options;  ///< of the mount, "rw,nosuid"
  std::string_view type;
};

std::string_view next_field(std::string_view& line) {
  const auto field = line.substr(0, line.find(' '));
  line.remove_prefix(std::min(line.size(), field.size() + 1));
  return field;
}

/// proc(5): "36 35 98:0 /root /point rw,noatime master:1 - ext3 /dev/root rw".
template <typename OnMount>
void for_each_mount(std::string_view text, OnMount on_mount) {
  while (!text.empty()) {
    auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    Mount mount;
    for (int i = 0; i < 4; ++i) next_field(line);
    mount.point = next_field(line);
    mount.options = next_field(line);
    while (!line.empty() && next_field(line) != "-") {
    }
    mount.type = next_field(line);
    if (!mount.type.empty()) on_mount(mount);
  }
}

bool writable(const Mount& mount) {
  return mount.options == "rw" || mount.options.substr(0, 3) == "rw,";
}

bool is_job_folder(const Mount& mount) {
  return mount.type == "tmpfs" &&
         std::find(kFolders.begin(), kFolders.end(), mount.point) != kFolders.end();
}

}  // namespace

std::vector<std::string> job_folders(std::string_view mountinfo) {
  std::vector<std::string> out;
  for_each_mount(mountinfo, [&](const Mount& mount) {
    if (is_job_folder(mount) && writable(mount)) out.emplace_back(mount.point);
  });
  return out;
}

std::vector<std::string> telling_atime(std::string_view mountinfo) {
  std::vector<std::string> out;
  for_each_mount(mountinfo, [&](const Mount& mount) {
    const bool silent =
        ("," + std::string(mount.options) + ",").find(",noatime,") != std::string::npos;
    if (is_job_folder(mount) && writable(mount) && !silent) out.emplace_back(mount.point);
  });
  return out;
}

std::vector<std::string> other_writable(std::string_view mountinfo) {
  // The kernel's own, and docker's small tmpfs that only root may write to: /dev, masks over /proc,
  // /sys/fs/cgroup.
  constexpr std::array<std::string_view, 7> kKernel = {"proc",   "sysfs",   "devpts", "mqueue",
                                                       "cgroup", "cgroup2", "tmpfs"};
  std::vector<std::string> out;
  for_each_mount(mountinfo, [&](const Mount& mount) {
    if (!writable(mount) || is_job_folder(mount)) return;
    const bool known = std::find(kKernel.begin(), kKernel.end(), mount.type) != kKernel.end();
    const bool system = mount.point.substr(0, 5) == "/dev/" || mount.point == "/dev" ||
                        mount.point.substr(0, 5) == "/sys/" || mount.point == "/sys" ||
                        mount.point.substr(0, 6) == "/proc/" || mount.point == "/proc";
    if (!known || !system) out.emplace_back(mount.point);
  });
  return out;
}

std::vector<Free> free_of(const std::vector<std::string>& folders) {
  std::vector<Free> out;
  out.reserve(folders.size());
  for (const auto& folder : folders) {
    struct statfs status {};
    Free free;
    if (::statfs(folder.c_str(), &status) == 0) {
      free.blocks = status.f_bfree;
      free.inodes = status.f_ffree;
    }
    out.push_back(free);
  }
  return out;
}

bool any_full(const std::vector<Free>& free) {
  constexpr std::uint64_t kFewBlocks = 4;
  return std::any_of(free.begin(), free.end(),
                     [](const Free& one) { return one.blocks < kFewBlocks || one.inodes == 0; });
}

}  // namespace runyard::agent
