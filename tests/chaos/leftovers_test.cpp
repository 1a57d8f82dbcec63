// The tests themselves, when their time limit kills them.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <iterator>

#include "tests/support/agent_session.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/network_namespace.hpp"
#include "tests/support/small_disk.hpp"
#include "tests/support/temp_dir.hpp"

using namespace runyard::test;

namespace {

std::string mounts() {
  std::ifstream in("/proc/self/mounts");
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

TEST_CASE("what a killed test leaves is removed by the next") {
  const TempDir folder;
  const auto disk = (folder.path() / "left").string();
  const pid_t killed = ::fork();
  if (killed == 0) {
    try {
      const SmallDisk left(disk, "size=100k");
      const NetworkNamespace network;
      ::raise(SIGKILL);
    } catch (const std::exception&) {
      ::_exit(1);
    }
  }
  ::waitpid(killed, nullptr, 0);
  const auto network = "runyard-chaos-" + std::to_string(killed);
  REQUIRE_THAT(mounts(), contains(disk));
  REQUIRE_THAT(output_of({"ip", "netns", "list"}), contains(network));

  const auto alive = (folder.path() / "next").string();
  const SmallDisk next(alive, "size=100k");
  CHECK_THAT(mounts(), !contains(disk));
  const NetworkNamespace other;
  CHECK_THAT(output_of({"ip", "netns", "list"}), !contains(network));
  // What is somebody's is left alone.
  const SmallDisk another((folder.path() / "another").string(), "size=100k");
  CHECK_THAT(output_of({"ip", "netns", "list"}), contains("runyard-chaos-"));
  CHECK_THAT(mounts(), contains(alive));
}
