// What programs do to a sandbox so that the agent could not do its work any more.
#include <cerrno>
#include <string>

#include "tests/support/agent_session.hpp"
#include "tests/support/catch.hpp"

using namespace runyard;
using namespace runyard::test;
using protocol::Limit;

namespace {

bool have_engine() {
  if (!agent_test_image().empty()) return true;
  WARN("no docker engine answers: skipped");
  return false;
}

/// Fills memory by files that stay, to the last page that this program gets, and ends with 0.
const char* const kFill =
    "#include <fcntl.h>\n#include <stdio.h>\n#include <string.h>\n#include <unistd.h>\n"
    "static char block[4096];\n"
    "int main(void) {\n"
    "  const char* dirs[] = {\"/box\", \"/tmp\", \"/dev/shm\"};\n"
    "  char name[64];\n"
    "  memset(block, 1, sizeof block);\n"
    "  for (int d = 0; d < 3; ++d) {\n"
    "    sprintf(name, \"%s/big\", dirs[d]);\n"
    "    int fd = open(name, O_CREAT | O_WRONLY, 0600);\n"
    "    for (int i = 0; i < PAGES && write(fd, block, sizeof block) > 0; ++i) {}\n"
    "    close(fd);\n"
    "  }\n"
    "  for (int d = 0; d < 3; ++d)\n"
    "    for (int i = 0;; ++i) {\n"
    "      sprintf(name, \"%s/%d\", dirs[d], i);\n"
    "      int fd = open(name, O_CREAT | O_WRONLY, 0600);\n"
    "      if (fd < 0) break;\n"
    "      close(fd);\n"
    "    }\n"
    "  puts(\"full\");\n"
    "  return 0;\n"
    "}\n";

}  // namespace

TEST_CASE("A sandbox that is filled to its last inode is judged, and cleaned or given up") {
  if (!have_engine()) return;
  SandboxOptions options;
  options.memory = "64m";
  for (const char* pages : {"1000", "3000", "4000", "5000", "6000"}) {
    AgentSession session(options);
    REQUIRE(session.hello().empty());
    TestJob job;
    job.files["main.c"] = kFill;
    job.steps.resize(2);
    job.steps[0].kind = "compile";
    job.steps[0].argv = {"gcc", "-static", "-o", "main", std::string("-DPAGES=") + pages, "main.c"};
    job.steps[1].argv = {"./main"};
    job.steps[1].collect = {"big", "*"};
    INFO(pages);
    const auto outcome = session.run(job);
    REQUIRE(outcome.steps.size() == 2);
    const auto& ended = outcome.steps[1];
    INFO(outcome.tainted);
    if (ended.limit == Limit::kNone) {
      CHECK(ended.exit_code == 0);
      CHECK(outcome.clean);
    } else {
      CHECK((ended.limit == Limit::kMemory || ended.limit == Limit::kDisk));
    }
    CHECK(outcome.tainted != "gone");
  }
}

TEST_CASE("Ninety runs that each leave unreadable trees are all run") {
  if (!have_engine()) return;
  auto job = python(
      "import os\n"
      "for i in range(300):\n"
      "  os.mkdir(f'/tmp/{i}'); os.mkdir(f'/tmp/{i}/x'); os.chmod(f'/tmp/{i}/x', 0); "
      "os.chmod(f'/tmp/{i}', 0)\n"
      "for i in range(300): os.mkdir('d'); os.chdir('d')\n"
      "print(1, end='')");
  job.steps.resize(90, job.steps[0]);
  AgentSession session;
  REQUIRE(session.hello().empty());
  const auto outcome = session.run(job);
  CHECK(outcome.out == std::string(90, '1'));
  CHECK(outcome.steps.size() == 90);
  CHECK(outcome.clean);
}

TEST_CASE("Files and input beyond the sandbox's memory are told before they are taken") {
  if (!have_engine()) return;
  SandboxOptions options;
  options.memory = "20m";
  AgentSession session(options);
  REQUIRE(session.hello().empty());
  auto job = python("print(1)");
  SECTION("files") { job.files["big"] = std::string(24'000'000, 'x'); }
  SECTION("input") { job.steps[0].stdin_bytes = std::string(24'000'000, 'x'); }
  const auto outcome = session.run(job);
  REQUIRE(outcome.steps.size() == 1);
  CHECK(outcome.steps[0].limit == Limit::kMemory);
  CHECK(outcome.steps[0].error_number == ENOMEM);
  CHECK(outcome.steps[0].peak_bytes >= 24'000'000);
  CHECK(outcome.tainted == "too large for the sandbox's memory");
}

TEST_CASE("A file that was written is in memory once") {
  if (!have_engine()) return;
  SandboxOptions options;
  options.memory = "56m";
  AgentSession session(options);
  REQUIRE(session.hello().empty());
  auto job = python("x = bytearray(14 << 20); print(len(open('big', 'rb').read(9)))");
  job.files["big"] = std::string(20'000'000, 'x');
  CHECK(session.run(job).out == "9\n");
}

TEST_CASE("Files of more than the file system takes are a disk limit") {
  if (!have_engine()) return;
  SandboxOptions options;
  options.without = {"--tmpfs=/box:rw,exec,nosuid,nodev,noatime,size=32m,nr_inodes=8192,mode=1777"};
  options.extra = {"--tmpfs=/box:rw,exec,nosuid,nodev,noatime,size=4m,nr_inodes=8192,mode=1777"};
  AgentSession session(options);
  REQUIRE(session.hello().empty());
  auto job = python("print(1)");
  job.files["big"] = std::string(5'000'000, 'x');
  const auto outcome = session.run(job);
  REQUIRE(outcome.steps.size() == 1);
  CHECK(outcome.steps[0].limit == Limit::kDisk);
  CHECK(outcome.steps[0].peak_bytes >= 5'000'000);
}

TEST_CASE("Names that no job could carry are told and not collected") {
  if (!have_engine()) return;
  TestJob job;
  job.steps.emplace_back();
  job.steps[0].kind = "compile";
  job.steps[0].argv = {"python3", "-c",
                       "import os\n"
                       "open(b'a\\377b.class', 'w'); open('good.class', 'w')\n"
                       "open('u\\u00fc.class', 'w')\n"
                       "for i in range(6): os.mkdir('d' * 250); os.chdir('d' * 250)\n"
                       "open('long.class', 'w')"};
  job.steps[0].collect = {"**/*.class"};
  AgentSession session;
  REQUIRE(session.hello().empty());
  const auto outcome = session.run(job);
  REQUIRE(outcome.steps.size() == 1);
  std::string names;
  for (const auto& artifact : outcome.artifacts) names += artifact.name + " ";
  CHECK(names == "good.class u\u00fc.class ");
  REQUIRE(outcome.not_sent.size() == 2);
  for (const auto& [name, why] : outcome.not_sent) {
    CHECK(why == protocol::NotSent::kBadName);
    CHECK(name.size() <= 1024);
  }
  CHECK(outcome.clean);
}
