// Descriptors in flight that only hold each other: a deleted file lives on in them.
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void send_fd(int over, int fd) {
  char byte = 0, control[CMSG_SPACE(sizeof fd)];
  struct iovec part = {&byte, 1};
  struct msghdr message = {0};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  struct cmsghdr* head = CMSG_FIRSTHDR(&message);
  head->cmsg_level = SOL_SOCKET;
  head->cmsg_type = SCM_RIGHTS;
  head->cmsg_len = CMSG_LEN(sizeof fd);
  memcpy(CMSG_DATA(head), &fd, sizeof fd);
  sendmsg(over, &message, 0);
}

int main(void) {
  static char block[1 << 20];
  for (int i = 0; i < 8; ++i) {
    const int file = open("hidden", O_CREAT | O_RDWR, 0600);
    if (write(file, block, sizeof block) != sizeof block) puts("short");
    unlink("hidden");
    int pair[2];
    socketpair(AF_UNIX, SOCK_DGRAM, 0, pair);
    send_fd(pair[0], file);
    send_fd(pair[0], pair[1]);
    send_fd(pair[1], pair[0]);
    close(file);
    close(pair[0]);
    close(pair[1]);
  }
  puts("made");
}
