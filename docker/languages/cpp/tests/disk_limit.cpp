#include <stdio.h>
#include <string.h>

int main() {
  static char block[65536];
  memset(block, 1, sizeof block);
  FILE *file = fopen("large", "wb");
  while (file && fwrite(block, 1, sizeof block, file) == sizeof block) {
  }
  return 1;
}
