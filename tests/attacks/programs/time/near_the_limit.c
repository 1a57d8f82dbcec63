#include <stdio.h>
#include <unistd.h>

int main(void) {
  usleep(2000);
  puts("ok");
}
