#include <stdio.h>

int main(void) {
  static char block[65536];
  FILE* file = fopen("large", "w");
  while (fwrite(block, 1, sizeof block, file) == sizeof block) {
  }
  return 1;
}
