#define _GNU_SOURCE
#include <fcntl.h>
#include <unistd.h>

int main(void) {
  int file = open("sparse", O_CREAT | O_RDWR, 0600);
  return ftruncate64(file, 1LL << 40) == 0 ? 0 : 1;
}
