// SECURITY.md's group "Exhaustion": programs that take all they can of something.
#include <algorithm>
#include <chrono>
#include <fstream>
#include <thread>

#include "tests/support/attack.hpp"
#include "tests/support/catch.hpp"

using namespace runyard;
using namespace runyard::test;

namespace {

/// Memory of all TCP and UDP sockets of the host, in bytes.
std::int64_t socket_bytes() {
  std::ifstream file("/proc/net/sockstat");
  std::int64_t pages = 0;
  for (std::string word; file >> word;)
    if (std::int64_t number = 0; word == "mem" && file >> number) pages += number;
  return pages * 4096;
}

void check_socket_buffers(const std::string& protocol) {
  const auto before = socket_bytes();
  const auto id =
      start("python", file_of_checkout("tests/attacks/programs/exhaustion/socket_buffers.py"),
            "\"args\":[\"" + protocol + "\"],\"limits\":{\"wall_ms\":3000,\"memory_kb\":65536}");
  std::int64_t most = 0;
  for (int i = 0; i < 30; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    most = std::max(most, socket_bytes() - before);
  }
  const auto ended = end_of(id);
  INFO(ended.shown());
  // Where the kernel counts them it refuses to send, and the program sleeps until its time is over.
  CHECK((ended.verdict() == "MEMORY_LIMIT" || ended.verdict() == "WALL_TIME"));
  // The limit, and what can be sent in the 50 ms between two looks at it (300 MiB here); 1.5 GiB
  // without them.
  CHECK(most < (64 + 512) * (std::int64_t{1} << 20));
  check_canaries("python", "");
}

constexpr std::int64_t kSmallKb = 64 * 1024;

/// While the attack holds all it could get, the other owner's program must get the same.
void check_other_owner_meanwhile(const std::string& program) {
  const auto code = file_of_checkout("tests/attacks/programs/" + program);
  const auto id = start("python", code, R"("limits":{"wall_ms":8000})");
  const auto other = run("python", code, R"("limits":{"wall_ms":3000})", kOtherOwner);
  INFO(other.shown());
  CHECK(other.verdict() == "WALL_TIME");
  CHECK_FALSE(other.text("stdout").empty());
  const auto first = end_of(id);
  INFO(first.shown());
  CHECK(first.verdict() == "WALL_TIME");
  CHECK(first.text("stdout") == other.text("stdout"));
  CHECK(first.text("stdout") != "0\n");
  check_canaries("python", "");
}

}  // namespace

TEST_CASE("exhaustion: a fork bomb meets the process limit") {
  Attack("exhaustion/fork_bomb.py").ends_as({"PROCESS_LIMIT"}).run();
}

TEST_CASE(
    "exhaustion: a fork bomb that ignores signals and renames itself meets the process limit") {
  Attack("exhaustion/stubborn_fork_bomb.c").limit("processes", 32).ends_as({"PROCESS_LIMIT"}).run();
}

TEST_CASE("exhaustion: a thread bomb meets the process limit") {
  Attack("exhaustion/thread_bomb.c").ends_as({"PROCESS_LIMIT"}).run();
}

TEST_CASE("exhaustion: touching memory meets the memory limit") {
  Attack("exhaustion/touch_memory.c")
      .limit("wall_ms", 5000)
      .limit("memory_kb", kSmallKb)
      .ends_as({"MEMORY_LIMIT"})
      .run();
}

TEST_CASE("exhaustion: thirty children that each eat memory meet the memory limit together") {
  Attack("exhaustion/thirty_eaters.c").limit("wall_ms", 8000).ends_as({"MEMORY_LIMIT"}).run();
}

TEST_CASE("exhaustion: one file that fills the box meets the disk limit") {
  Attack("exhaustion/one_large_file.c")
      .limit("file_bytes", 64 << 20)
      .limit("wall_ms", 3000)
      .ends_as({"DISK_LIMIT"})
      .run();
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
  check_other_owner_meanwhile("exhaustion/inotify_instances.py");
}

TEST_CASE("exhaustion: all pipe pages of a user are not another owner's") {
  check_other_owner_meanwhile("exhaustion/large_pipes.py");
}

TEST_CASE("exhaustion: bytes that wait in UDP sockets are the program's memory") {
  check_socket_buffers("udp");
}

TEST_CASE("exhaustion: bytes that wait in TCP sockets are the program's memory") {
  check_socket_buffers("tcp");
}

TEST_CASE("exhaustion: files up to the brim of the memory limit leave the agent enough") {
  // The smallest, in which no canary would have room.
  const auto least =
      run("python", file_of_checkout("tests/attacks/programs/exhaustion/to_the_brim.py"),
          R"("limits":{"memory_kb":8192})");
  INFO(least.shown());
  CHECK((least.verdict() == "COMPLETED" || least.verdict() == "MEMORY_LIMIT"));
  for (const std::int64_t memory_kb : {32768, 65536})
    Attack("exhaustion/to_the_brim.py")
        .limit("wall_ms", 8000)
        .limit("memory_kb", memory_kb)
        .limit("file_bytes", 64 << 20)
        .with(R"("artifacts":["artifact"])")
        .ends_as({"COMPLETED", "MEMORY_LIMIT"})
        .run();
}

TEST_CASE("exhaustion: no terminal can be opened") {
  Attack("exhaustion/terminals.py").limit("wall_ms", 5000).held().run();
}

TEST_CASE("exhaustion: busy threads meet the CPU limit") {
  Attack("exhaustion/busy_threads.c")
      .limit("wall_ms", 8000)
      .limit("cpu_ms", 300)
      .ends_as({"CPU_TIME"})
      .run();
}

TEST_CASE("exhaustion: a program that executes itself for ever meets the CPU limit") {
  Attack("exhaustion/exec_loop.c")
      .limit("wall_ms", 8000)
      .limit("cpu_ms", 300)
      .ends_as({"CPU_TIME"})
      .run();
}

TEST_CASE("exhaustion: endless recursion ends by its stack") {
  const auto ended =
      Attack("exhaustion/recursion.c").limit("wall_ms", 5000).ends_as({"RUNTIME_ERROR"}).run();
  CHECK(ended.number("signal") == 11);
}

TEST_CASE("exhaustion: endless recursion in Python meets the memory limit or its stack") {
  Attack("exhaustion/recursion.py")
      .limit("wall_ms", 8000)
      .ends_as({"MEMORY_LIMIT", "RUNTIME_ERROR"})
      .run();
}

TEST_CASE("exhaustion: stdin that is never read is no obstacle") {
  Attack("exhaustion/stdin_not_read.py")
      .limit("wall_ms", 3000)
      .with("\"stdin\":\"" + std::string(1 << 20, 'x') + "\"")
      .prints("not read\n")
      .run();
}
