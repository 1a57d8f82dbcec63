#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static const struct {
  const char* name;
  unsigned long flag;
} kKinds[] = {{"mnt", 0x20000},        {"cgroup", 0x2000000}, {"uts", 0x4000000},
              {"ipc", 0x8000000},      {"user", 0x10000000},  {"pid", 0x20000000},
              {"net", 0x40000000},     {"time", 0x80},        {"user and mnt", 0x10020000},
              {"user and net", 0x50000000}};

int main(void) {
  int broken = 0;
  for (unsigned i = 0; i < sizeof kKinds / sizeof *kKinds; ++i) {
    if (fork() == 0) _exit(syscall(SYS_unshare, kKinds[i].flag) == 0);
    int status = 0;
    wait(&status);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 1) {
      printf("unshare: %s\n", kKinds[i].name);
      broken = 1;
    }
    if (kKinds[i].flag == 0x80) continue;  // clone knows no such flag
    // With a high bit set, too, which the kernel ignores.
    for (int high = 0; high < 2; ++high) {
      const unsigned long flags = kKinds[i].flag | SIGCHLD | (high ? 1UL << 40 : 0);
      const long pid = syscall(SYS_clone, flags, 0, 0, 0, 0);
      if (pid == 0) _exit(0);
      if (pid > 0) {
        printf("clone: %s\n", kKinds[i].name);
        broken = 1;
        wait(&status);
      }
    }
  }
  unsigned long arguments[11] = {0x10000000, 0, 0, 0, SIGCHLD};
  const long pid = syscall(SYS_clone3, arguments, 88);
  if (pid == 0) _exit(0);
  if (pid > 0) puts("clone3");
  const int own = open("/proc/self/ns/net", O_RDONLY);
  if (syscall(SYS_setns, own, 0) == 0) puts("setns");
  if (!broken && pid < 0) puts("held");
}
