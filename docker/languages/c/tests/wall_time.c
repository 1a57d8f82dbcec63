#include <stdio.h>
#include <unistd.h>

int main(void) {
  puts("before");
  fflush(stdout);
  sleep(30);
  return 0;
}
