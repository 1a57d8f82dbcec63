#include "tests/support/small_disk.hpp"

#include <sys/mount.h>

#include <filesystem>
#include <fstream>

#include "tests/support/agent_session.hpp"

namespace runyard::test {

SmallDisk::SmallDisk(const std::string& folder, const std::string& options) : folder_(folder) {
  std::filesystem::create_directories(folder_);
  output_of({"mount", "-t", "tmpfs", "-o", options, "runyard-test", folder_});
}

SmallDisk::~SmallDisk() {
  ::umount2(folder_.c_str(), MNT_DETACH);
  std::error_code ignored;
  std::filesystem::remove(folder_, ignored);
}

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
