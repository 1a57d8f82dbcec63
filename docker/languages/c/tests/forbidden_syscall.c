#include <stdio.h>
#include <sys/ptrace.h>

int main(void) {
  ptrace(PTRACE_TRACEME, 0, 0, 0);
  puts("still here");
  return 0;
}
