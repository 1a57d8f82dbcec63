// Each call with arguments that would let it do something: it is refused or ends its process.
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static char zeros[4096];
static const char* name;

#define TRY(text, call)                 \
  case __LINE__:                        \
    name = text;                        \
    return (call) >= 0

static int attempt(int line) {
  struct rlimit no_core = {0, 0};
  int pair[2];
  switch (line) {
    TRY("ptrace traceme", syscall(SYS_ptrace, 0, 0, 0, 0));
    TRY("ptrace attach", syscall(SYS_ptrace, 16, 1, 0, 0));
    TRY("process_vm_readv", syscall(SYS_process_vm_readv, 1, zeros, 1, zeros, 1, 0));
    TRY("process_vm_writev", syscall(SYS_process_vm_writev, 1, zeros, 1, zeros, 1, 0));
    TRY("kcmp", syscall(SYS_kcmp, getpid(), getpid(), 0, 0, 0));
    TRY("pidfd_getfd", syscall(SYS_pidfd_getfd, syscall(SYS_pidfd_open, getpid(), 0), 1, 0));
    TRY("io_uring_setup", syscall(SYS_io_uring_setup, 8, zeros));
    TRY("io_setup", syscall(SYS_io_setup, 8, zeros));
    TRY("userfaultfd", syscall(SYS_userfaultfd, 1));
    TRY("bpf map", syscall(SYS_bpf, 0, zeros, 64));
    TRY("bpf program", syscall(SYS_bpf, 5, zeros, 64));
    TRY("perf_event_open", syscall(SYS_perf_event_open, zeros, 0, -1, -1, 0));
    TRY("fanotify_init", syscall(SYS_fanotify_init, 0, 0));
    TRY("open_by_handle_at", syscall(SYS_open_by_handle_at, -100, zeros, 0));
    TRY("name_to_handle_at", syscall(SYS_name_to_handle_at, -100, "/", zeros, zeros + 64, 0));
    TRY("keyctl", syscall(SYS_keyctl, 0, -3, 1));
    TRY("add_key", syscall(SYS_add_key, "user", "left", "x", 1, -4));
    TRY("request_key", syscall(SYS_request_key, "user", "left", 0, -4));
    TRY("memfd_secret", syscall(447, 0));
    TRY("vmsplice", pipe(pair) == 0 ? syscall(SYS_vmsplice, pair[1], zeros, 0, 0) : 0);
    TRY("seccomp", syscall(SYS_seccomp, 1, 0, zeros));
    TRY("prctl seccomp", prctl(PR_SET_SECCOMP, 1, 0, 0, 0));
    TRY("setrlimit core", syscall(SYS_setrlimit, RLIMIT_CORE, &no_core));
    TRY("prlimit core", syscall(SYS_prlimit64, 0, RLIMIT_CORE, &no_core, 0));
    TRY("prlimit core, high bit", syscall(SYS_prlimit64, 0, RLIMIT_CORE | 1UL << 40, &no_core, 0));
    TRY("mbind", syscall(SYS_mbind, 0, 0, 0, 0, 0, 0));
    TRY("personality", syscall(SYS_personality, 0x0040000 /* ADDR_NO_RANDOMIZE */));
    TRY("sethostname", syscall(SYS_sethostname, "mine", 4));
    TRY("settimeofday", syscall(SYS_settimeofday, zeros, 0));
    TRY("clock_settime", syscall(SYS_clock_settime, 0, zeros));
    TRY("syslog", syscall(SYS_syslog, 10, 0, 0));
    TRY("reboot", syscall(SYS_reboot, 0xfee1dead, 672274793, 0, 0));
    TRY("kexec_load", syscall(SYS_kexec_load, 0, 0, 0, 0));
    TRY("init_module", syscall(SYS_init_module, zeros, 1, ""));
    TRY("iopl", syscall(SYS_iopl, 3));
    TRY("acct", syscall(SYS_acct, 0));
    TRY("mknod of a disk", syscall(SYS_mknodat, -100, "disk", 060666, 8 << 8));
    TRY("mknod of memory", syscall(SYS_mknod, "memory", 020666, 1 << 8 | 1));
    TRY("socket vsock", socket(40, SOCK_STREAM, 0));
    TRY("socket alg", socket(38, SOCK_SEQPACKET, 0));
    TRY("socket netlink", socket(16, SOCK_RAW, 0));
    TRY("socket packet", socket(17, SOCK_RAW, 768));
    TRY("socket key", socket(15, SOCK_RAW, 2));
    TRY("socket bluetooth", socket(31, SOCK_RAW, 0));
    TRY("socket tipc", socket(30, SOCK_STREAM, 0));
    TRY("socket xdp", socket(44, SOCK_RAW, 0));
    TRY("socket rds", socket(21, SOCK_SEQPACKET, 0));
    TRY("socket raw", socket(2, SOCK_RAW, 1));
    TRY("socket ping", socket(2, SOCK_DGRAM, 1));
    TRY("socket sctp", socket(2, SOCK_STREAM, 132));
    TRY("socket mptcp", socket(2, SOCK_STREAM, 262));
    TRY("socket packet, high bit", syscall(SYS_socket, 17 | 1UL << 40, SOCK_RAW, 768));
    TRY("socketpair vsock", socketpair(40, SOCK_STREAM, 0, pair));
    TRY("TCP_ULP", setsockopt(socket(2, SOCK_STREAM, 0), 6, 31, "tls", 4));
    TRY("SO_ATTACH_FILTER", setsockopt(socket(2, SOCK_DGRAM, 0), 1, 26, zeros, 16));
    TRY("MSG_OOB", socketpair(1, SOCK_STREAM, 0, pair) == 0 ? send(pair[0], "x", 1, MSG_OOB) : 0);
    TRY("TIOCSTI", ioctl(0, 0x5412, "x"));
    TRY("TIOCSTI, high bit", syscall(SYS_ioctl, 0, 0x5412 | 1UL << 40, "x"));
    TRY("TIOCLINUX", ioctl(0, 0x541c, "\2"));
    TRY("TIOCSETD", ioctl(0, 0x5423, zeros));
    TRY("a number that does not exist", syscall(900, 0));
  }
  return -1;
}

int main(void) {
  for (int line = 1; line < 200; ++line) {
    fflush(stdout);
    if (fork() == 0) {
      const int done = attempt(line);
      if (done == 1) printf("%s was allowed\n", name);
      fflush(stdout);
      _exit(0);
    }
    int status = 0;
    wait(&status);
  }
  puts("held");
}
