#include "agent/job_filter.hpp"

#include <linux/audit.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>

namespace runyard::agent {
namespace {

#if defined(__x86_64__)
constexpr std::uint32_t kArch = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
constexpr std::uint32_t kArch = AUDIT_ARCH_AARCH64;
#else
#error "the job filter knows x86-64 and arm64"
#endif

constexpr std::uint32_t kAllow = SECCOMP_RET_ALLOW;
constexpr std::uint32_t kKill = SECCOMP_RET_KILL_PROCESS;
constexpr std::uint32_t refuse(int error) {
  return SECCOMP_RET_ERRNO | static_cast<std::uint32_t>(error);
}

/// Assembles one block per syscall: "if nr == N { ... }". Inside a block the accumulator is free to
/// use; a block ends by returning. Little-endian: the low 32 bits of an argument come first.
class Assembler {
 public:
  void load_word(std::size_t offset) {
    add(BPF_LD | BPF_W | BPF_ABS, static_cast<std::uint32_t>(offset));
  }
  void load_low(int argument) {
    load_word(offsetof(seccomp_data, args) + 8 * static_cast<std::size_t>(argument));
  }
  void load_high(int argument) {
    load_word(offsetof(seccomp_data, args) + 8 * static_cast<std::size_t>(argument) + 4);
  }
  void mask(std::uint32_t bits) { add(BPF_ALU | BPF_AND | BPF_K, bits); }
  void ret(std::uint32_t action) { add(BPF_RET | BPF_K, action); }
  void ret_if_equal(std::uint32_t value, std::uint32_t action) {
    jump(BPF_JEQ, value, 0, 1);
    ret(action);
  }
  void ret_if_bits(std::uint32_t bits, std::uint32_t action) {
    jump(BPF_JSET, bits, 0, 1);
    ret(action);
  }
  void ret_unless_equal(std::uint32_t value, std::uint32_t action) {
    jump(BPF_JEQ, value, 1, 0);
    ret(action);
  }

  /// The whole answer for one call.
  void call(long number, std::uint32_t action) {
    ret_if_equal(static_cast<std::uint32_t>(number), action);
  }

  /// `body` runs when the accumulator holds the value; it must end with a return on every way
  /// through.
  template <typename Body>
  void when_equal(std::uint32_t value, Body body) {
    const std::size_t at = code_.size();
    jump(BPF_JEQ, value, 0, 0);
    body();
    code_[at].jf = static_cast<std::uint8_t>(code_.size() - at - 1);
  }

  /// A block for one call, with the same rule.
  template <typename Body>
  void call_with(long number, Body body) {
    when_equal(static_cast<std::uint32_t>(number), body);
  }

  std::vector<sock_filter> take() { return std::move(code_); }

 private:
  void add(std::uint32_t code, std::uint32_t k) {
    code_.push_back({static_cast<std::uint16_t>(code), 0, 0, k});
  }
  void jump(std::uint32_t kind, std::uint32_t k, std::uint8_t yes, std::uint8_t no) {
    code_.push_back({static_cast<std::uint16_t>(BPF_JMP | kind | BPF_K), yes, no, k});
  }

  std::vector<sock_filter> code_;
};

void terminal_ioctls(Assembler& a) {
  // The kernel looks at the low 32 bits only, and so must we, or setting a high bit walks past.
  constexpr std::uint32_t kTiocsti = 0x5412;   // types into the terminal, as if the user had
  constexpr std::uint32_t kTiocsetd = 0x5423;  // loads line disciplines, a long list of kernel bugs
  constexpr std::uint32_t kTioclinux = 0x541c;  // pastes on consoles
  constexpr std::uint32_t kTioccons = 0x541d;   // takes the console's output
  a.call_with(SYS_ioctl, [&] {
    a.load_low(1);
    for (const auto request : {kTiocsti, kTiocsetd, kTioclinux, kTioccons})
      a.ret_if_equal(request, refuse(EPERM));
    a.ret(kAllow);
  });
}

void sockets(Assembler& a) {
  constexpr std::uint32_t kTypeMask = 0xf;
  a.call_with(SYS_socket, [&] {  // internet sockets speak TCP and UDP, nothing raw, ICMP, SCTP,
                                 // MPTCP
    a.load_low(0);
    a.ret_if_equal(AF_UNIX,
                   kAllow);  // and whatever is no internet socket is refused by the profile
    a.load_low(1);
    a.mask(kTypeMask);
    a.ret_if_equal(SOCK_RAW, refuse(EPERM));
    a.ret_if_equal(SOCK_PACKET, refuse(EPERM));
    a.load_low(2);
    for (const auto protocol : {0, static_cast<int>(IPPROTO_TCP), static_cast<int>(IPPROTO_UDP)})
      a.ret_if_equal(static_cast<std::uint32_t>(protocol), kAllow);
    a.ret(refuse(EPROTONOSUPPORT));
  });
  constexpr std::uint32_t kTcpUlp = 31;
  constexpr std::uint32_t kAttachFilter = 26;
  constexpr std::uint32_t kAttachBpf = 50;
  constexpr std::uint32_t kAttachReuseportCbpf = 51;
  constexpr std::uint32_t kAttachReuseportEbpf = 52;
  a.call_with(SYS_setsockopt, [&] {
    a.load_low(1);
    a.when_equal(IPPROTO_TCP, [&] {
      a.load_low(2);
      a.ret_if_equal(kTcpUlp, refuse(ENOPROTOOPT));
      a.ret(kAllow);
    });
    a.ret_unless_equal(SOL_SOCKET, kAllow);
    a.load_low(2);
    for (const auto option :
         {kAttachFilter, kAttachBpf, kAttachReuseportCbpf, kAttachReuseportEbpf})
      a.ret_if_equal(option, refuse(ENOPROTOOPT));
    a.ret(kAllow);
  });
  // Out-of-band bytes of unix sockets: unused, and a source of use-after-free.
  for (const auto& [number, argument] : {std::pair<long, int>{SYS_sendto, 3},
                                         {SYS_sendmsg, 2},
                                         {SYS_sendmmsg, 3},
                                         {SYS_recvfrom, 3},
                                         {SYS_recvmsg, 2},
                                         {SYS_recvmmsg, 3}}) {
    a.call_with(number, [&a, argument = argument] {
      a.load_low(argument);
      a.ret_if_bits(MSG_OOB, refuse(EOPNOTSUPP));
      a.ret(kAllow);
    });
  }
}

void device_nodes(Assembler& a, long number, int mode_argument) {
  a.call_with(number, [&] {
    a.load_low(mode_argument);
    a.mask(S_IFMT);
    a.ret_if_equal(S_IFCHR, refuse(EPERM));
    a.ret_if_equal(S_IFBLK, refuse(EPERM));
    a.ret(kAllow);
  });
}

void core_limit(Assembler& a) {
  // A core limit of 1 keeps the host's core_pattern program from being started; 0 or "unlimited"
  // would start it.
  a.call_with(SYS_prlimit64, [&] {
    a.load_low(1);
    a.ret_unless_equal(RLIMIT_CORE, kAllow);
    a.load_low(2);
    a.ret_unless_equal(0, refuse(EPERM));
    a.load_high(2);
    a.ret_unless_equal(0, refuse(EPERM));
    a.ret(kAllow);
  });
#ifdef SYS_setrlimit
  a.call_with(SYS_setrlimit, [&] {
    a.load_low(0);
    a.ret_if_equal(RLIMIT_CORE, refuse(EPERM));
    a.ret(kAllow);
  });
#endif
}

void no_further_filters(
    Assembler& a) {  // a filter can hide calls from nobody but burns kernel memory
  a.call(SYS_seccomp, refuse(EPERM));
  a.call_with(SYS_prctl, [&] {
    a.load_low(0);
    a.ret_if_equal(PR_SET_SECCOMP, refuse(EPERM));
    a.ret(kAllow);
  });
}

/// No runtime tries these and goes on when they fail.
constexpr long kForbidden[] = {
    SYS_mount,
    SYS_umount2,
    SYS_pivot_root,
#ifdef SYS_move_mount
    SYS_move_mount,
    SYS_open_tree,
    SYS_fsopen,
    SYS_fsconfig,
    SYS_fsmount,
    SYS_fspick,
#endif
#ifdef SYS_mount_setattr
    SYS_mount_setattr,
#endif
    SYS_init_module,
    SYS_finit_module,
    SYS_delete_module,
    SYS_kexec_load,
#ifdef SYS_kexec_file_load
    SYS_kexec_file_load,
#endif
    SYS_reboot,
    SYS_swapon,
    SYS_swapoff,
    SYS_acct,
    SYS_ptrace,
    SYS_process_vm_readv,
    SYS_process_vm_writev,
    SYS_bpf,
    SYS_open_by_handle_at,
#ifdef SYS_iopl
    SYS_iopl,
    SYS_ioperm,
#endif
};

}  // namespace

std::vector<sock_filter> job_filter() {
  Assembler a;
  a.load_word(offsetof(seccomp_data, arch));
  a.ret_unless_equal(kArch, kKill);
  a.load_word(offsetof(seccomp_data, nr));
#if defined(__x86_64__)
  constexpr std::uint32_t kX32Bit = 0x40000000;
  a.ret_if_bits(kX32Bit, kKill);
#endif
  // Calls whose arguments matter come first: the kernel caches the answer for all others.
  terminal_ioctls(a);
  sockets(a);
  core_limit(a);
  no_further_filters(a);
#ifdef SYS_mknod
  device_nodes(a, SYS_mknod, 1);
#endif
  device_nodes(a, SYS_mknodat, 2);
  for (const long number : kForbidden) a.call(number, kKill);
  a.ret(kAllow);
  return a.take();
}

bool load_job_filter() {
  auto code = job_filter();
  sock_fprog program{};
  program.len = static_cast<unsigned short>(code.size());
  program.filter = code.data();
  return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         ::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) == 0;
}

}  // namespace runyard::agent
