#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace runyard::agent {

/// What is free on one tmpfs.
struct Free {
  std::uint64_t blocks = 0;
  std::uint64_t inodes = 0;
  bool operator==(const Free& other) const {
    return blocks == other.blocks && inodes == other.inodes;
  }
  bool operator!=(const Free& other) const { return !(*this == other); }
};

/// The mount points among /box, /tmp, /dev/shm and /run that /proc/self/mountinfo shows as a
/// writable tmpfs.
std::vector<std::string> job_folders(std::string_view mountinfo);

/// Writable mounts, other than those of job_folders() and of the kernel's own file systems, where
/// something could stay from one job to the next: must be empty.
std::vector<std::string> other_writable(std::string_view mountinfo);

/// Those of job_folders() whose mount is not noatime.
std::vector<std::string> telling_atime(std::string_view mountinfo);

/// One entry for each folder; zeros where it cannot be read.
std::vector<Free> free_of(const std::vector<std::string>& folders);

/// True when one of them has no room for another file.
bool any_full(const std::vector<Free>& free);

}  // namespace runyard::agent
