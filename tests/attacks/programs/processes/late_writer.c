// The child holds stdout and writes after main has ended: nobody may wait for it.
#include <stdio.h>
#include <unistd.h>

int main(void) {
  if (fork() == 0) {
    sleep(2);
    puts("late");
    return 0;
  }
  puts("main");
}
