// SECURITY.md's groups "IPC and kernel" and "Network".
#include "tests/support/attack.hpp"
#include "tests/support/catch.hpp"

using namespace runyard;
using namespace runyard::test;

TEST_CASE(
    "kernel: SysV objects and message queues cannot be made and shared memory does not stay") {
  Attack("kernel/sysv_and_queues.c").held().run();
}

TEST_CASE("kernel: descriptors in flight that hold each other do not reach the next program") {
  Attack("kernel/socket_cycle.c").prints("made\n").run();
}

TEST_CASE("kernel: nothing of PID 1 can be read or written through proc") {
  Attack("kernel/agent_in_proc.py").held().run();
}

TEST_CASE("kernel: calls that no program needs are refused") {
  // ptrace, io_uring, userfaultfd, bpf, perf, keyrings, socket families, TIOCSTI and many more.
  Attack("kernel/refused_calls.c").limit("wall_ms", 5000).held().run();
}

TEST_CASE("kernel: 32-bit and x32 calls do not get past the filters") {
  Attack("kernel/compat_calls.c").held().run();
}

TEST_CASE("kernel: a 32-bit call by main is a forbidden system call") {
  Attack("kernel/compat_call.c").ends_as({"FORBIDDEN_SYSCALL"}).prints("").run();
}

TEST_CASE("kernel: crashes leave no core dumps") {
  Attack("kernel/core_dumps.c").limit("wall_ms", 8000).held().run();
}

TEST_CASE("kernel: random calls with random arguments harm nobody") {
  // Whatever the program does to itself is fine; none of these is our failure.
  Attack("kernel/random_calls.c")
      .limit("wall_ms", 8000)
      .ends_as({"COMPLETED", "RUNTIME_ERROR", "MEMORY_LIMIT", "OUTPUT_LIMIT", "PROCESS_LIMIT",
                "DISK_LIMIT", "WALL_TIME", "CPU_TIME", "FORBIDDEN_SYSCALL"})
      .run();
}

TEST_CASE("kernel: triggers on the host's pressure cannot delay a program's end") {
  // Each takes the kernel milliseconds to take away, and nothing can kill a process meanwhile.
  const auto ended = Attack("kernel/pressure.py").limit("wall_ms", 3000).prints("made\n").run();
  CHECK(ended.number("execution_time") < 3000);
}

TEST_CASE("network: public, private, metadata and gateway addresses and names fail at once") {
  Attack("network/nowhere.py").limit("wall_ms", 8000).held().run();
}

TEST_CASE("network: a server and a client inside one job find each other") {
  Attack("network/loopback.py").held().run();
}
