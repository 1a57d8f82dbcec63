// Children made siblings: PID 1 must not take their exit codes for that of main.
#define _GNU_SOURCE
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

static long sibling(void) { return syscall(SYS_clone, CLONE_PARENT | SIGCHLD, 0, 0, 0, 0); }

int main(void) {
  if (sibling() == 0) _exit(42);
  if (sibling() == 0) {
    sleep(60);
    _exit(43);
  }
  usleep(100000);
  puts("main");
}
