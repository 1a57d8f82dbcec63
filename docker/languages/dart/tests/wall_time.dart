import 'dart:io';

Future<void> main() async {
  stdout.writeln('before');
  await stdout.flush();
  await Future.delayed(const Duration(seconds: 30));
}
