#include <signal.h>

static void go_on(int number) { (void)number; }

int main(void) {
  for (int number = 1; number < 65; ++number) signal(number, go_on);
  for (volatile unsigned long i = 0;; ++i) {
  }
}
