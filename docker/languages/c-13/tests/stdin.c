#include <stdio.h>

int main(void) {
  int count, sum = 0, number;
  char line[100];
  if (scanf("%d", &count) != 1) return 1;
  while (count-- > 0 && scanf("%d", &number) == 1) sum += number;
  printf("sum %d\n", sum);
  if (scanf(" %99[^\n]", line) == 1) printf("last %s\n", line);
  return 0;
}
