import 'dart:io';

void main() {
  final count = int.parse(stdin.readLineSync()!);
  final sum = stdin.readLineSync()!.split(' ').take(count).map(int.parse).reduce((a, b) => a + b);
  print('sum $sum');
  stdout.writeln('last ${stdin.readLineSync()}');
}
