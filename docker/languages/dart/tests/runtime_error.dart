import 'dart:io';

Future<void> main() async {
  stdout.writeln('before');
  await stdout.flush();
  print(int.parse('x'));
}
