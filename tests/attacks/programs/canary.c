// A harmless program that looks for traces of others.
#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static int found;

static void look(const char* path, const char* own, const char* other) {
  DIR* folder = opendir(path);
  if (!folder) return;
  for (struct dirent* entry; (entry = readdir(folder));) {
    const char* name = entry->d_name;
    if (!strcmp(name, ".") || !strcmp(name, "..") || !strcmp(name, own) || !strcmp(name, other)) continue;
    if (!strcmp(path, "/proc") && !isdigit((unsigned char)*name)) continue;
    printf("%s/%s\n", path, name);
    found = 1;
  }
  closedir(folder);
}

int main(void) {
  char self[16];
  snprintf(self, sizeof self, "%d", (int)getpid());
  look("/box", "main", "main.c");
  look("/tmp", "", "");
  look("/dev/shm", "", "");
  look("/proc", "1", self);
  FILE* file = fopen("file", "w");
  if (!file || fputs("text", file) < 0 || fclose(file) != 0) found = puts("no file");
  int status = 0;
  if (fork() == 0) _exit(5);
  if (wait(&status) < 0 || WEXITSTATUS(status) != 5) found = puts("no child");
  memset(malloc(4 << 20), 1, 4 << 20);
  if (!found) puts("clean");
}
