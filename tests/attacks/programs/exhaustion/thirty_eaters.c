// No one of the children comes near the limit; together they pass it.
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(void) {
  for (int i = 0; i < 30; ++i) {
    if (fork() != 0) continue;
    memset(malloc(8 << 20), 1, 8 << 20);
    sleep(60);
  }
  sleep(60);
}
