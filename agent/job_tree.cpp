#include "agent/job_tree.hpp"

#include <fcntl.h>
#include <sys/fsuid.h>

#include <algorithm>
#include <set>
#include <utility>

#include "agent/protection.hpp"

namespace runyard::agent {
namespace {

timespec start_second() {
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  now.tv_nsec = 0;
  // A change in this very tick must show as another time.
  now.tv_sec -= 1;
  return now;
}

bool same_time(const timespec& a, const timespec& b) {
  return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

}  // namespace

JobTree::JobTree(const std::vector<std::string>& mounts)
    : moment_(start_second()), mounts_(mounts.size()), mount_points_(mounts) {}

JobTree::Entry JobTree::look_at(std::string path) {
  Entry entry;
  entry.there = ::lstat(path.c_str(), &entry.status) == 0;
  entry.path = std::move(path);
  return entry;
}

bool JobTree::same(const Entry& before, const Entry& now, bool is_folder) {
  const auto& a = before.status;
  const auto& b = now.status;
  if (before.there != now.there) return false;
  if (!before.there) return true;
  return a.st_ino == b.st_ino && a.st_mode == b.st_mode && a.st_uid == b.st_uid &&
         a.st_size == b.st_size && a.st_nlink == b.st_nlink && same_time(a.st_mtim, b.st_mtim) &&
         (is_folder || same_time(a.st_ctim, b.st_ctim));
}

void JobTree::set_times(const std::string& path, bool is_mount) const {
  // As the folder's owner: the agent is root without the power over others' files.
  const bool change = !is_mount && !kLocal;
  if (change) ::setfsuid(owner_);
  const timespec times[2] = {moment_, moment_};
  ::utimensat(AT_FDCWD, path.c_str(), times, AT_SYMLINK_NOFOLLOW);
  if (change) ::setfsuid(0);
}

void JobTree::begin() {
  if (!enabled(Protection::kSeal)) return;
  for (const auto& mount : mount_points_) set_times(mount, true);
}

void JobTree::record(const Job& job, uid_t owner) {
  owner_ = owner;
  std::set<std::string> below;
  for (const auto& file : job.files)
    for (auto at = file.name.find('/'); at != std::string::npos; at = file.name.find('/', at + 1))
      below.insert("/box/" + file.name.substr(0, at));
  folders_.clear();
  files_.clear();
  const auto add = [this](const std::string& path, bool is_mount) {
    if (enabled(Protection::kSeal)) set_times(path, is_mount);
    folders_.push_back(look_at(path));
  };
  for (const auto& mount : mount_points_) add(mount, true);
  for (const auto& folder : below) add(folder, false);
  for (const auto& file : job.files) files_.push_back(look_at("/box/" + file.name));
  free_ = free_of(mount_points_);
}

std::vector<std::string> JobTree::touched() const {
  std::vector<std::string> out;
  for (const auto& folder : folders_)
    if (!same(folder, look_at(folder.path), true)) out.push_back(folder.path);
  // Without a name in any folder: a file that lives on in a message, or extended attributes.
  if (out.empty() && free_of(mount_points_) != free_) out = mount_points_;
  return out;
}

std::string JobTree::set_back(const std::vector<std::string>& touched) {
  if (free_of(mount_points_) != free_) return "something is left on a tmpfs";
  for (std::size_t i = 0; i < folders_.size(); ++i) {
    const auto& path = folders_[i].path;
    if (std::find(touched.begin(), touched.end(), path) != touched.end())
      set_times(path, i < mounts_);
    if (!same(folders_[i], look_at(path), true)) return "a folder is not as it was";
  }
  for (const auto& file : files_)
    if (!same(file, look_at(file.path), false)) return "a submitted file is not as it was";
  return {};
}

}  // namespace runyard::agent
