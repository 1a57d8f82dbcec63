int main() {
  for (volatile unsigned long total = 0;; total = total + 1) {
  }
}
