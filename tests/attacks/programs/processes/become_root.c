#define _GNU_SOURCE
#include <grp.h>
#include <linux/capability.h>
#include <stdio.h>
#include <sys/fsuid.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(void) {
  const uid_t me = getuid();
  const gid_t zero = 0;
  if (me == 0 || geteuid() == 0 || getgid() == 0 || getgroups(0, NULL) != 0) puts("starts as root");
  if (setuid(0) == 0 || setresuid(0, 0, 0) == 0 || setresuid(-1, 0, -1) == 0) puts("setuid");
  if (setuid(me + 1) == 0 || setuid(me - 1) == 0) puts("another job's uid");
  if (setgid(0) == 0 || setresgid(0, 0, 0) == 0 || setgroups(1, &zero) == 0) puts("setgid");
  setfsuid(0);
  if (setfsuid(-1) == 0) puts("setfsuid");
  struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  struct __user_cap_data_struct all[2] = {{~0u, ~0u, ~0u}, {~0u, ~0u, ~0u}};
  for (int bit = 0; bit < 41; ++bit) {
    struct __user_cap_data_struct one[2] = {{0, 0, 0}, {0, 0, 0}};
    one[bit / 32].effective = one[bit / 32].permitted = one[bit / 32].inheritable = 1u << bit % 32;
    if (syscall(SYS_capset, &header, one) == 0) printf("capability %d\n", bit);
  }
  if (syscall(SYS_capset, &header, all) == 0) puts("capset");
  struct __user_cap_data_struct have[2];
  syscall(SYS_capget, &header, have);
  if (have[0].permitted | have[0].effective | have[0].inheritable | have[1].permitted)
    puts("has capabilities");
  if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_SETUID, 0, 0) == 0) puts("ambient");
  if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1) puts("no_new_privs is not set");
  if (prctl(PR_SET_NO_NEW_PRIVS, 0, 0, 0, 0) == 0) puts("no_new_privs can be taken away");
  if (chown("/box", me, me) == 0) puts("chown");
  puts("held");
}
