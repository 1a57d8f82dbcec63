// Likewise, and nobody waits for them: their time shows in no parent's figures.
#include <time.h>
#include <unistd.h>

int main(void) {
  for (;;) {
    const pid_t child = fork();
    if (child < 0) return 1;
    if (child > 0) return 0 * usleep(600000000);
    if (fork() > 0) _exit(0);
    setsid();
    while (clock() < CLOCKS_PER_SEC / 20) {
    }
    // The next one goes on from here.
  }
}
