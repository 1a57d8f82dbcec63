#include <stdio.h>

int main(void) {
  puts(__VERSION__);
  return 0;
}
