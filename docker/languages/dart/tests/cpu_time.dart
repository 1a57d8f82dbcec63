void main() {
  var total = 1;
  while (total != 0) {
    total = total * 3 | 1;
  }
}
