#include "tests/support/small_disk.hpp"

#include <sys/mount.h>

#include <filesystem>
#include <fstream>
#include <vector>

#include "tests/support/agent_session.hpp"
#include "tests/support/leftovers.hpp"

namespace runyard::test {
namespace {

constexpr char kPrefix[] = "runyard-test-";

void remove_disk(const std::string& folder) {
  ::umount2(folder.c_str(), MNT_DETACH);
  std::error_code ignored;
  std::filesystem::remove(folder, ignored);
}

void remove_leftovers() {
  std::ifstream mounts("/proc/self/mounts");
  std::vector<std::string> folders;
  for (std::string device, folder, rest; mounts >> device >> folder && std::getline(mounts, rest);)
    if (left_behind(device, kPrefix)) folders.push_back(folder);
  for (const auto& folder : folders) remove_disk(folder);
}

}  // namespace

SmallDisk::SmallDisk(const std::string& folder, const std::string& options) : folder_(folder) {
  remove_leftovers();
  std::filesystem::create_directories(folder_);
  output_of({"mount", "-t", "tmpfs", "-o", options, name_of_mine(kPrefix), folder_});
}

SmallDisk::~SmallDisk() { remove_disk(folder_); }

void SmallDisk::fill() const {
  output_of({"sh", "-c", "dd if=/dev/zero of=\"$1/filling\" bs=4096 2>/dev/null || true", "fill",
             folder_});
  for (int i = 0;; ++i) {
    std::ofstream file(place("filling-" + std::to_string(i)));
    if (!file || i > 100'000) break;
  }
}

void SmallDisk::free() const {
  for (const auto& entry : std::filesystem::directory_iterator(folder_))
    if (entry.path().filename().string().rfind("filling", 0) == 0)
      std::filesystem::remove(entry.path());
}

}  // namespace runyard::test
