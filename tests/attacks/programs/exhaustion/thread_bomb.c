#include <pthread.h>
#include <stddef.h>
#include <unistd.h>

static void* wait_forever(void* unused) {
  pause();
  return unused;
}

int main(void) {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, 16384);
  for (;;) {
    pthread_t thread;
    pthread_create(&thread, &attributes, wait_forever, NULL);
  }
}
