int main(void) {
  for (volatile unsigned long total = 0;; ++total) {
  }
}
