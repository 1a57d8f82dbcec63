#include <stdio.h>

static unsigned long down(unsigned long n) {
  volatile char frame[512];
  frame[0] = (char)n;
  return down(n + 1) + (unsigned long)frame[0];
}

int main(void) {
  printf("%lu\n", down(0));
}
