// Each call that the container's profile refuses, made by a program in a sandbox.
#include <cerrno>
#include <sstream>
#include <string>

#include "tests/support/agent_session.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/paths.hpp"

using namespace runyard::test;

#if defined(__x86_64__)

namespace {

struct Call {
  const char* name;
  const char* arguments;  ///< of Python's ctypes: the number, then the call's own
  int error;              ///< errno, or 0 for success
};

const Call kCalls[] = {
    {"io_uring_setup", "425, 1, 0", ENOSYS},
    {"io_setup", "206, 1, 0", ENOSYS},
    {"clone3", "435, 0, 0", ENOSYS},
    {"clone(CLONE_NEWUSER)", "56, 0x10000011, 0", EPERM},
    {"clone(CLONE_NEWNS)", "56, 0x20011, 0", EPERM},
    {"clone(CLONE_NEWNET)", "56, 0x40000011, 0", EPERM},
    {"unshare(CLONE_NEWUSER)", "272, 0x10000000", EPERM},
    {"setns", "308, 0, 0", EPERM},
    {"shmget", "29, 0, 4096, 0o1600", ENOSYS},
    {"semget", "64, 0, 1, 0o1600", ENOSYS},
    {"msgget", "68, 0, 0o1600", ENOSYS},
    {"mq_open", "240, 0, 0", ENOSYS},
    {"vmsplice", "278, 0, 0, 0, 0", ENOSYS},
    {"memfd_secret", "447, 0", ENOSYS},
    {"userfaultfd", "323, 0", EPERM},
    {"fanotify_init", "300, 0, 0", EPERM},
    {"name_to_handle_at", "303, 0, 0, 0, 0, 0", EPERM},
    {"keyctl", "250, 0", ENOSYS},
    {"add_key", "248, 0, 0, 0, 0, 0", ENOSYS},
    {"perf_event_open", "298, 0, 0, 0, 0, 0", EPERM},
    {"pidfd_getfd", "438, 0, 0, 0", EPERM},
    {"kcmp", "312, 1, 1, 0, 0, 0", EPERM},
    {"process_madvise", "440, 0, 0, 0, 0, 0", EPERM},
    {"chroot", "161, 0", EPERM},
    {"mbind", "237, 0, 0, 0, 0, 0", EPERM},
    {"syslog", "103, 3, 0, 0", EPERM},
    {"sethostname", "170, 0, 0", EPERM},
    {"a call of the future", "470, 0", -1},
    {"sync", "162", 0},
    {"syncfs", "306, 0", 0},
    {"socket(AF_VSOCK)", "41, 40, 1, 0", EAFNOSUPPORT},
    {"socket(AF_ALG)", "41, 38, 5, 0", EAFNOSUPPORT},
    {"socket(AF_AX25)", "41, 3, 5, 0", EAFNOSUPPORT},
    {"socket(AF_VSOCK with a high bit)", "41, 40 | 1 << 32, 1, 0", -1},
    {"socket(AF_NETLINK)", "41, 16, 2, 0", EAFNOSUPPORT},
    {"socket(AF_INET)", "41, 2, 1, 0", 0},
    {"socket(AF_INET6)", "41, 10, 1, 0", 0},
    {"socket(AF_UNIX)", "41, 1, 1, 0", 0},
    {"personality(ADDR_NO_RANDOMIZE)", "135, 0x40000", -1},
    {"personality(?)", "135, 0xffffffff", 0},
};

}  // namespace

TEST_CASE("Each refused system call answers with its errno") {
  if (agent_test_image().empty()) {
    WARN("no docker engine answers: skipped");
    return;
  }
  std::string code =
      "import ctypes\n"
      "call = ctypes.CDLL(None, use_errno=True).syscall\n"
      "def say(*args):\n"
      "  failed = call(*[ctypes.c_long(a) for a in args]) == -1\n"
      "  print(ctypes.get_errno() if failed else 0)\n";
  for (const auto& call : kCalls) code += "say(" + std::string(call.arguments) + ")\n";
  AgentSession session;
  REQUIRE(session.hello().empty());
  const auto outcome = session.run(python(code));
  REQUIRE(outcome.err.empty());
  std::istringstream answers(outcome.out);
  for (const auto& call : kCalls) {
    int error = -2;
    answers >> error;
    INFO(call.name);
    if (call.error >= 0) {
      CHECK(error == call.error);
    } else {
      CHECK(error > 0);  // refused; which errno depends on the engine's age
    }
  }
}

TEST_CASE("The 32-bit entry of the kernel kills") {
  if (agent_test_image().empty()) return;
  TestJob job;
  job.files["main.c"] =
      "int main(void){int r;__asm__ volatile(\"int $0x80\":\"=a\"(r):\"a\"(20));return r<0;}";
  job.steps.resize(2);
  job.steps[0].kind = "compile";
  job.steps[0].argv = {"gcc", "-o", "main", "main.c"};
  job.steps[1].argv = {"./main"};
  AgentSession session;
  REQUIRE(session.hello().empty());
  const auto outcome = session.run(job);
  REQUIRE(outcome.steps.size() == 2);
  // A kernel without 32-bit support ends it by SIGSEGV instead.
  CHECK((outcome.steps[1].signal == 31 || outcome.steps[1].signal == 11));
}

#endif

TEST_CASE("The committed profile is the generated one") {
  CHECK_NOTHROW(output_of({"python3", source_path("docker/seccomp/generate.py"), "--check"}));
}
