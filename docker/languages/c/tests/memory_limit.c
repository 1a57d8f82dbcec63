#include <stdlib.h>
#include <string.h>

int main(void) {
  for (;;) {
    char *block = malloc(4 << 20);
    if (!block) return 1;
    memset(block, 1, 4 << 20);
    __asm__ volatile("" : : "r"(block) : "memory");
  }
}
