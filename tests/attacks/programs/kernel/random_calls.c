// Random numbers with random arguments, in many short-lived processes. Those that would only make more processes, end
// this one or signal the others are left out: other programs do that on purpose.
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static unsigned long state;

static unsigned long next(void) {
  state ^= state << 13;
  state ^= state >> 7;
  return state ^= state << 17;
}

static char memory[65536];

static unsigned long argument(void) {
  switch (next() % 6) {
    case 0: return next() % 8;
    case 1: return (unsigned long)memory + next() % sizeof memory;
    case 2: return 1UL << next() % 64;
    case 3: return next() % 4096;
    case 4: return -1UL - next() % 16;
    default: return next();
  }
}

static int left_out(long number) {
  switch (number) {
    case SYS_kill: case SYS_tkill: case SYS_tgkill: case SYS_rt_sigqueueinfo: case SYS_rt_tgsigqueueinfo:
    case SYS_pidfd_send_signal: case SYS_exit: case SYS_exit_group: case SYS_fork: case SYS_vfork: case SYS_clone:
    case SYS_setitimer: case SYS_alarm:
      return 1;
  }
  return 0;
}

int main(int argc, char** argv) {
  const unsigned long seed = argc > 1 ? strtoul(argv[1], NULL, 10) : 1;
  const time_t end = time(NULL) + 3;
  for (unsigned long round = 1; time(NULL) < end; ++round) {
    if (fork() == 0) {
      state = seed * 1000003 + round;
      // A call that sleeps is cut short.
      const struct itimerval soon = {{0, 20000}, {0, 20000}};
      setitimer(ITIMER_REAL, &soon, NULL);
      for (int i = 0; i < 50; ++i) {
        const long number = (long)(next() % 470);
        if (left_out(number)) continue;
        syscall(number, argument(), argument(), argument(), argument(), argument(), argument());
      }
      _exit(0);
    }
    while (waitpid(-1, NULL, round % 8 == 0 ? 0 : WNOHANG) > 0) {
    }
  }
}
