#pragma once
// What each run of a job finds on the file systems, and the proof that the last one left it so.
//
// The submitted files belong to the first uid, nobody else may write to them, and all folders are
// sticky, so a run can add entries but change none. What it added shows in its folder's times,
// which only an owner can set back, and in what is free.
#include <sys/stat.h>
#include <sys/types.h>

#include <ctime>
#include <string>
#include <vector>

#include "agent/job.hpp"
#include "agent/tmpfs.hpp"

namespace runyard::agent {

class JobTree final {
 public:
  /// `mounts`: every tmpfs that a job can write to.
  explicit JobTree(const std::vector<std::string>& mounts);

  /// Before a job's first step: the mounts' times tell nothing of the job before.
  void begin();

  /// Before the first run step: takes the picture of the job's files and folders, of which `owner`
  /// is the owner.
  void record(const Job& job, uid_t owner);

  /// The folders in which a run may have left something; empty when it left nothing anywhere. Reads
  /// no file: costs a microsecond a folder.
  std::vector<std::string> touched() const;

  /// After cleaning: sets the times of these folders back. Empty, or why what is there now is not
  /// what was recorded.
  std::string set_back(const std::vector<std::string>& touched);

 private:
  struct Entry {
    std::string path;
    struct stat status {};
    bool there = false;
  };
  static Entry look_at(std::string path);
  static bool same(const Entry& before, const Entry& now, bool is_folder);
  void set_times(const std::string& path, bool is_mount) const;

  const timespec moment_;  // every folder's times, always
  uid_t owner_ = 0;
  std::vector<Entry> folders_;  // the mounts first
  std::size_t mounts_ = 0;
  std::vector<Entry> files_;
  std::vector<Free> free_;
  std::vector<std::string> mount_points_;
};

}  // namespace runyard::agent
