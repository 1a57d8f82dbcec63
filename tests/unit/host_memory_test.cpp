#include "worker/host_memory.hpp"

#include <filesystem>
#include <fstream>

#include "tests/support/catch.hpp"
#include "tests/support/temp_dir.hpp"

using namespace runyard;

namespace {

struct Host {
  test::TempDir folder;

  std::string root() const { return folder.path().string() + "/"; }
  void write(const std::string& name, const std::string& text) const {
    const auto path = std::filesystem::path(root()) / name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path) << text;
  }
};

}  // namespace

TEST_CASE("memory is the machine's, or less where a control group has less") {
  const Host host;
  CHECK(host_memory_kb(host.root()) == 0);
  host.write("proc/meminfo", "MemFree: 5 kB\nMemTotal:  8000000 kB\n");
  CHECK(host_memory_kb(host.root()) == 8'000'000);

  host.write("proc/self/cgroup", "0::/system.slice/worker.service\n");
  host.write("sys/fs/cgroup/system.slice/worker.service/memory.max", "max\n");
  CHECK(host_memory_kb(host.root()) == 8'000'000);
  host.write("sys/fs/cgroup/system.slice/memory.max", "2048000000\n");
  CHECK(host_memory_kb(host.root()) == 2'000'000);

  // The first version: no limit is a number that no machine has.
  host.write("proc/self/cgroup", "5:cpu:/x\n4:memory:/docker/ab\n");
  host.write("sys/fs/cgroup/memory/docker/ab/memory.limit_in_bytes", "9223372036854771712\n");
  CHECK(host_memory_kb(host.root()) == 8'000'000);
  host.write("sys/fs/cgroup/memory/memory.limit_in_bytes", "1024000000\n");
  CHECK(host_memory_kb(host.root()) == 1'000'000);
}
