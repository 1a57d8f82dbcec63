void main() {
  print(missing);
}
