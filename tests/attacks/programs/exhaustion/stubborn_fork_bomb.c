// Each process ignores what it can, leaves the session and takes another name.
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <unistd.h>

int main(void) {
  for (int number = 1; number < 65; ++number) signal(number, SIG_IGN);
  for (unsigned count = 0;; ++count) {
    char name[16];
    snprintf(name, sizeof name, "kworker/%u", count);
    prctl(PR_SET_NAME, name);
    if (fork() == 0) setsid();
  }
}
