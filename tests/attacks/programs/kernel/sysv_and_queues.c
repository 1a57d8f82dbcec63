// Objects that would outlive their process.
#include <mqueue.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <unistd.h>

int main(void) {
  if (shmget(0x1234, 4096, IPC_CREAT | 0666) >= 0) puts("shm");
  if (semget(0x1234, 1, IPC_CREAT | 0666) >= 0) puts("sem");
  if (msgget(0x1234, IPC_CREAT | 0666) >= 0) puts("msg");
  if (mq_open("/left", O_CREAT | O_RDWR, 0666, NULL) >= 0) puts("mqueue");
  // This one is allowed, and must be gone for the next job.
  const int memory = shm_open("/left", O_CREAT | O_RDWR, 0666);
  if (memory < 0 || ftruncate(memory, 1 << 20) != 0) puts("no shared memory");
  puts("held");
}
