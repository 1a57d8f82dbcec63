#include <linux/audit.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "agent/job_filter.hpp"
#include "tests/support/catch.hpp"

using runyard::agent::job_filter;

namespace {

#if defined(__x86_64__)
constexpr std::uint32_t kArch = AUDIT_ARCH_X86_64;
#else
constexpr std::uint32_t kArch = AUDIT_ARCH_AARCH64;
#endif

/// Runs the program as the kernel would, for the instructions that it uses.
std::uint32_t verdict(long number, std::array<std::uint64_t, 4> args = {},
                      std::uint32_t arch = kArch) {
  seccomp_data data{};
  data.nr = static_cast<int>(number);
  data.arch = arch;
  for (std::size_t i = 0; i < args.size(); ++i) data.args[i] = args[i];
  const auto program = job_filter();
  std::uint32_t a = 0;
  for (std::size_t at = 0; at < program.size(); ++at) {
    const auto& step = program[at];
    switch (step.code) {
      case BPF_LD | BPF_W | BPF_ABS:
        std::memcpy(&a, reinterpret_cast<const char*>(&data) + step.k, sizeof a);
        break;
      case BPF_ALU | BPF_AND | BPF_K:
        a &= step.k;
        break;
      case BPF_JMP | BPF_JEQ | BPF_K:
        at += a == step.k ? step.jt : step.jf;
        break;
      case BPF_JMP | BPF_JSET | BPF_K:
        at += (a & step.k) != 0 ? step.jt : step.jf;
        break;
      case BPF_RET | BPF_K:
        return step.k;
      default:
        FAIL("unknown instruction");
    }
  }
  FAIL("ran off the end");
  return 0;
}

constexpr std::uint32_t refused(int error) {
  return SECCOMP_RET_ERRNO | static_cast<std::uint32_t>(error);
}
constexpr std::uint64_t kHigh = 1ull << 32;

}  // namespace

TEST_CASE("Ordinary calls pass the job filter") {
  for (const long number :
       {SYS_read, SYS_write, SYS_execve, SYS_clone, SYS_openat, SYS_kill, SYS_setresuid})
    CHECK(verdict(number) == SECCOMP_RET_ALLOW);
  CHECK(verdict(SYS_ioctl, {0, 0x5401}) == SECCOMP_RET_ALLOW);
  CHECK(verdict(SYS_prctl, {PR_SET_NAME}) == SECCOMP_RET_ALLOW);
}

TEST_CASE("Calls that only an attack makes kill") {
  for (const long number :
       {SYS_mount, SYS_umount2, SYS_ptrace, SYS_bpf, SYS_reboot, SYS_init_module, SYS_pivot_root,
        SYS_process_vm_writev, SYS_kexec_load, SYS_swapon})
    CHECK(verdict(number) == SECCOMP_RET_KILL_PROCESS);
}

TEST_CASE("Another architecture's calls kill") {
  CHECK(verdict(SYS_read, {}, AUDIT_ARCH_I386) == SECCOMP_RET_KILL_PROCESS);
#if defined(__x86_64__)
  CHECK(verdict(0x40000000 | SYS_read) == SECCOMP_RET_KILL_PROCESS);
#endif
}

TEST_CASE("Typing into terminals is refused, whatever the high bits say") {
  for (const std::uint64_t request : {0x5412u, 0x5423u, 0x541cu}) {
    CHECK(verdict(SYS_ioctl, {0, request}) == refused(EPERM));
    CHECK(verdict(SYS_ioctl, {0, request | kHigh}) == refused(EPERM));
  }
}

TEST_CASE("Internet sockets are TCP and UDP") {
  const auto socket = [](int family, int type, int protocol) {
    return verdict(SYS_socket,
                   {static_cast<std::uint64_t>(family), static_cast<std::uint64_t>(type),
                    static_cast<std::uint64_t>(protocol)});
  };
  CHECK(socket(AF_UNIX, SOCK_STREAM, 0) == SECCOMP_RET_ALLOW);
  CHECK(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0) == SECCOMP_RET_ALLOW);
  CHECK(socket(AF_INET6, SOCK_DGRAM, IPPROTO_UDP) == SECCOMP_RET_ALLOW);
  CHECK(socket(AF_INET, SOCK_RAW, IPPROTO_ICMP) == refused(EPERM));
  CHECK(socket(AF_INET, SOCK_DGRAM, IPPROTO_ICMP) == refused(EPROTONOSUPPORT));
  CHECK(socket(AF_INET, SOCK_STREAM, 262) == refused(EPROTONOSUPPORT));
  CHECK(socket(AF_INET, SOCK_SEQPACKET, IPPROTO_SCTP) == refused(EPROTONOSUPPORT));
}

TEST_CASE("Dangerous socket options are refused, their namesakes are not") {
  const auto option = [](std::uint64_t level, std::uint64_t name) {
    return verdict(SYS_setsockopt, {3, level, name});
  };
  CHECK(option(IPPROTO_TCP, 31) == refused(ENOPROTOOPT));
  CHECK(option(SOL_SOCKET, 26) == refused(ENOPROTOOPT));
  CHECK(option(SOL_SOCKET, 50) == refused(ENOPROTOOPT));
  CHECK(option(IPPROTO_IPV6, 26) == SECCOMP_RET_ALLOW);  // IPV6_V6ONLY
  CHECK(option(SOL_SOCKET, SO_REUSEADDR) == SECCOMP_RET_ALLOW);
  CHECK(option(IPPROTO_TCP, 1) == SECCOMP_RET_ALLOW);
  CHECK(verdict(SYS_sendmsg, {3, 0, MSG_OOB | MSG_DONTWAIT}) == refused(EOPNOTSUPP));
  CHECK(verdict(SYS_recvfrom, {3, 0, 0, MSG_OOB}) == refused(EOPNOTSUPP));
  CHECK(verdict(SYS_sendto, {3, MSG_OOB, MSG_OOB, MSG_DONTWAIT}) == SECCOMP_RET_ALLOW);
}

TEST_CASE("Device nodes, the core limit and further filters are refused") {
  CHECK(verdict(SYS_mknodat, {0, 0, S_IFCHR | 0666}) == refused(EPERM));
  CHECK(verdict(SYS_mknodat, {0, 0, S_IFBLK}) == refused(EPERM));
  CHECK(verdict(SYS_mknodat, {0, 0, S_IFIFO | 0666}) == SECCOMP_RET_ALLOW);
  CHECK(verdict(SYS_prlimit64, {0, RLIMIT_CORE, 0x1000}) == refused(EPERM));
  CHECK(verdict(SYS_prlimit64, {0, RLIMIT_CORE, kHigh}) == refused(EPERM));
  CHECK(verdict(SYS_prlimit64, {0, RLIMIT_CORE, 0}) == SECCOMP_RET_ALLOW);
  CHECK(verdict(SYS_prlimit64, {0, RLIMIT_NOFILE, 0x1000}) == SECCOMP_RET_ALLOW);
  CHECK(verdict(SYS_seccomp) == refused(EPERM));
  CHECK(verdict(SYS_prctl, {PR_SET_SECCOMP}) == refused(EPERM));
}
