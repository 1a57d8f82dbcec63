// A double fork and a session of its own: no relative is left when main ends at once.
#include <stdio.h>
#include <unistd.h>

int main(void) {
  if (fork() == 0) {
    setsid();
    if (fork() == 0) {
      setsid();
      for (;;) sleep(60);
    }
    _exit(0);
  }
  puts("main");
}
