void main() {
  for (;;) {
    print('yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy');
  }
}
