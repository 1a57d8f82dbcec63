// Matrices, a hash table, quicksort by function pointer, strings and floating point.
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct Entry {
  char *key;
  int count;
  struct Entry *next;
} Entry;

enum { kBuckets = 64, kSize = 8 };

static uint32_t hash(const char *text) {
  uint32_t value = 2166136261u;
  for (; *text; ++text) value = (value ^ (unsigned char)*text) * 16777619u;
  return value;
}

static Entry *find(Entry **table, const char *key) {
  Entry **place = &table[hash(key) % kBuckets];
  for (Entry *entry = *place; entry; entry = entry->next)
    if (strcmp(entry->key, key) == 0) return entry;
  Entry *entry = calloc(1, sizeof *entry);
  entry->key = strdup(key);
  entry->next = *place;
  return *place = entry;
}

static int by_count(const void *left, const void *right) {
  const Entry *a = *(Entry *const *)left, *b = *(Entry *const *)right;
  return a->count != b->count ? b->count - a->count : strcmp(a->key, b->key);
}

static void multiply(uint64_t a[2][2], uint64_t b[2][2]) {
  uint64_t product[2][2] = {{0}};
  for (int i = 0; i < 2; ++i)
    for (int j = 0; j < 2; ++j)
      for (int k = 0; k < 2; ++k) product[i][j] += a[i][k] * b[k][j];
  memcpy(a, product, sizeof product);
}

static uint64_t fibonacci(unsigned n) {
  uint64_t result[2][2] = {{1, 0}, {0, 1}}, base[2][2] = {{1, 1}, {1, 0}};
  for (; n; n >>= 1) {
    if (n & 1) multiply(result, base);
    multiply(base, base);
  }
  return result[0][1];
}

static int queens(int row, unsigned columns, unsigned left, unsigned right) {
  if (row == kSize) return 1;
  int found = 0;
  for (unsigned free = ~(columns | left | right) & ((1u << kSize) - 1); free; free &= free - 1) {
    unsigned bit = free & -free;
    found += queens(row + 1, columns | bit, (left | bit) << 1, (right | bit) >> 1);
  }
  return found;
}

int main(void) {
  static Entry *table[kBuckets];
  char word[64];
  int words = 0;
  while (scanf("%63s", word) == 1) {
    ++find(table, word)->count;
    ++words;
  }
  Entry *all[128];
  size_t distinct = 0;
  for (int i = 0; i < kBuckets; ++i)
    for (Entry *entry = table[i]; entry; entry = entry->next) all[distinct++] = entry;
  qsort(all, distinct, sizeof *all, by_count);
  for (size_t i = 0; i < distinct; ++i) printf("%s %d\n", all[i]->key, all[i]->count);
  printf("%d words, fibonacci %llu, queens %d, root %.6f\n", words, (unsigned long long)fibonacci(90),
         queens(0, 0, 0, 0), sqrt(2));
  return 0;
}
