// SECURITY.md's group "Exhaustion": programs that take all they can of something.
#include "tests/support/attack.hpp"
#include "tests/support/catch.hpp"

using namespace runyard;
using namespace runyard::test;

namespace {

constexpr std::int64_t kSmallKb = 64 * 1024;

/// While the attack holds all it could get, the other owner's program must get the same.
void check_other_owner_meanwhile(const std::string& program, const std::string& least) {
  const auto code = file_of_checkout("tests/attacks/programs/" + program);
  const auto id = start("python", code, R"("limits":{"wall_ms":3000})");
  const auto other = run("python", code, R"("limits":{"wall_ms":1000})", kOtherOwner);
  INFO(other.shown());
  CHECK(other.verdict() == "WALL_TIME");
  CHECK(other.text("stdout") == least);
  const auto first = end_of(id);
  INFO(first.shown());
  CHECK(first.verdict() == "WALL_TIME");
  CHECK(first.text("stdout") == least);
  check_canaries("python", "");
}

}  // namespace

TEST_CASE("exhaustion: a fork bomb meets the process limit") {
  Attack("exhaustion/fork_bomb.py").ends_as({"PROCESS_LIMIT"}).run();
}

TEST_CASE("exhaustion: a fork bomb that ignores signals and renames itself meets the process limit") {
  Attack("exhaustion/stubborn_fork_bomb.c").limit("processes", 32).ends_as({"PROCESS_LIMIT"}).run();
}

TEST_CASE("exhaustion: a thread bomb meets the process limit") {
  Attack("exhaustion/thread_bomb.c").ends_as({"PROCESS_LIMIT"}).run();
}

TEST_CASE("exhaustion: touching memory meets the memory limit") {
  Attack("exhaustion/touch_memory.c").limit("wall_ms", 5000).limit("memory_kb", kSmallKb).ends_as({"MEMORY_LIMIT"}).run();
}

TEST_CASE("exhaustion: thirty children that each eat memory meet the memory limit together") {
  Attack("exhaustion/thirty_eaters.c").limit("wall_ms", 8000).ends_as({"MEMORY_LIMIT"}).run();
}

TEST_CASE("exhaustion: one file that fills the box meets the disk limit") {
  Attack("exhaustion/one_large_file.c").limit("file_bytes", 64 << 20).limit("wall_ms", 3000).ends_as({"DISK_LIMIT"}).run();
}

TEST_CASE("exhaustion: one file over its limit meets the disk limit") {
  Attack("exhaustion/one_large_file.c").ends_as({"DISK_LIMIT"}).run();
}

TEST_CASE("exhaustion: many files that fill the box meet the disk limit") {
  Attack("exhaustion/many_large_files.py").limit("wall_ms", 3000).ends_as({"DISK_LIMIT"}).run();
}

TEST_CASE("exhaustion: files of one byte meet the disk limit") {
  Attack("exhaustion/one_byte_files.py").limit("wall_ms", 8000).ends_as({"DISK_LIMIT"}).run();
}

TEST_CASE("exhaustion: empty folders meet the disk limit") {
  Attack("exhaustion/empty_folders.py").limit("wall_ms", 8000).ends_as({"DISK_LIMIT"}).run();
}

TEST_CASE("exhaustion: a full /dev/shm counts towards the memory limit") {
  Attack("exhaustion/shared_memory_then_heap.py")
      .limit("wall_ms", 5000)
      .limit("memory_kb", kSmallKb)
      .ends_as({"MEMORY_LIMIT"})
      .run();
}

TEST_CASE("exhaustion: a sparse file of 1 TiB meets the disk limit") {
  Attack("exhaustion/sparse_file.c").ends_as({"DISK_LIMIT"}).run();
}

TEST_CASE("exhaustion: all descriptors of forty processes trouble nobody") {
  Attack("exhaustion/descriptors_of_forty.py").limit("wall_ms", 8000).held().run();
}

TEST_CASE("exhaustion: all inotify instances of a user are not another owner's") {
  check_other_owner_meanwhile("exhaustion/inotify_instances.py", "128\n");
}

TEST_CASE("exhaustion: all pipe pages of a user are not another owner's") {
  check_other_owner_meanwhile("exhaustion/large_pipes.py", "64\n");
}

TEST_CASE("exhaustion: no terminal can be opened") {
  Attack("exhaustion/terminals.py").limit("wall_ms", 5000).held().run();
}

TEST_CASE("exhaustion: busy threads meet the CPU limit") {
  Attack("exhaustion/busy_threads.c").limit("wall_ms", 8000).limit("cpu_ms", 300).ends_as({"CPU_TIME"}).run();
}

TEST_CASE("exhaustion: a program that executes itself for ever meets the CPU limit") {
  Attack("exhaustion/exec_loop.c").limit("wall_ms", 8000).limit("cpu_ms", 300).ends_as({"CPU_TIME"}).run();
}

TEST_CASE("exhaustion: endless recursion ends by its stack") {
  const auto ended = Attack("exhaustion/recursion.c").limit("wall_ms", 5000).ends_as({"RUNTIME_ERROR"}).run();
  CHECK(ended.number("signal") == 11);
}

TEST_CASE("exhaustion: endless recursion in Python meets the memory limit or its stack") {
  Attack("exhaustion/recursion.py").limit("wall_ms", 8000).ends_as({"MEMORY_LIMIT", "RUNTIME_ERROR"}).run();
}

TEST_CASE("exhaustion: stdin that is never read is no obstacle") {
  Attack("exhaustion/stdin_not_read.py")
      .limit("wall_ms", 3000)
      .with("\"stdin\":\"" + std::string(1 << 20, 'x') + "\"")
      .prints("not read\n")
      .run();
}
