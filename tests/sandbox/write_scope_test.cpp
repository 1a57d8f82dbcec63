// Where jobs may open files for writing.
#include <string>

#include "tests/support/agent_session.hpp"
#include "tests/support/catch.hpp"

using namespace runyard;
using namespace runyard::test;

namespace {

JobOutcome run_alone(const std::string& code, const std::string& without = "") {
  SandboxOptions options;
  options.agent_without = without;
  AgentSession session(options);
  REQUIRE(session.hello().empty());
  return session.run(python(code));
}

// Files that their permissions give to every process: its own name, and the host's pressure where
// the kernel keeps it.
const char* const kOpenElsewhere =
    "for path in ('/proc/self/comm', '/proc/pressure/cpu'):\n"
    "  try:\n"
    "    open(path, 'r+b', 0)\n"
    "    print('open')\n"
    "    break\n"
    "  except OSError:\n"
    "    pass\n";

const char* const kUseOwnFolders =
    "import os\n"
    "for folder in ('/box', '/tmp', '/dev/shm'):\n"
    "  os.makedirs(folder + '/a/b')\n"
    "  with open(folder + '/a/b/file', 'w') as file:\n"
    "    file.write('text')\n"
    "  os.rename(folder + '/a/b/file', folder + '/a/moved')\n"
    "  os.link(folder + '/a/moved', folder + '/linked')\n"
    "  os.mkfifo(folder + '/fifo')\n"
    "  os.open(folder + '/fifo', os.O_RDWR)\n"
    "  os.open(folder, os.O_TMPFILE | os.O_WRONLY)\n"
    "memory = os.memfd_create('x')\n"
    "os.open(f'/proc/self/fd/{memory}', os.O_RDWR)\n"
    "unlinked = os.open('/box/a/moved', os.O_RDONLY)\n"
    "os.unlink('/box/a/moved')\n"
    "os.open(f'/proc/self/fd/{unlinked}', os.O_RDWR)\n"
    "for path in ('/dev/null', '/dev/zero', '/dev/stdout', '/dev/stderr', '/dev/fd/1'):\n"
    "  open(path, 'w').close()\n"
    "print('done')\n";

}  // namespace

TEST_CASE("A job opens no file for writing but below its folders and /dev") {
  if (agent_test_image().empty()) {
    WARN("no docker engine answers: skipped");
    return;
  }
  CHECK(run_alone(kOpenElsewhere).out.empty());
  CHECK(run_alone(kOpenElsewhere, "write_scope").out == "open\n");
}

TEST_CASE("A step whose processes cannot be killed has used up its wall time") {
  if (agent_test_image().empty()) {
    WARN("no docker engine answers: skipped");
    return;
  }
  // The kernel takes some 15 ms to take away each trigger on the host's pressure, in the exit of
  // its process.
  SandboxOptions options;
  options.agent_without = "write_scope";
  AgentSession session(options);
  REQUIRE(session.hello().empty());
  auto job = python(
      "import os\n"
      "for _ in range(200):\n"
      "  os.write(os.open('/proc/pressure/cpu', os.O_RDWR), b'some 500000 2000000\\0')\n");
  job.steps[0].wall_ms = 500;
  job.steps.push_back(job.steps[0]);
  const auto outcome = session.run(job);
  REQUIRE_FALSE(outcome.steps.empty());
  if (outcome.steps[0].exit_code == 1)
    return;                            // a kernel without them, or that keeps them from jobs
  REQUIRE(outcome.steps.size() == 1);  // and no other step begins beside them
  CHECK(outcome.steps[0].limit == protocol::Limit::kWall);
  CHECK(outcome.steps[0].wall_us >= 500'000);
  CHECK(outcome.tainted == "a process cannot be killed");
}

TEST_CASE("Whatever programs do with files in their own folders works") {
  if (agent_test_image().empty()) {
    WARN("no docker engine answers: skipped");
    return;
  }
  const auto outcome = run_alone(kUseOwnFolders);
  CHECK(outcome.out == "done\n");
  CHECK(outcome.err.empty());
  CHECK(outcome.tainted.empty());
}
