#include <unistd.h>

int main(void) {
  for (int i = 0; i < 1000000; ++i)
    if (write(1, "x", 1) != 1) return 1;
}
