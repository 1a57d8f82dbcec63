// Classes with operators, generics, records, extensions, streams, futures and exceptions.
import 'dart:async';
import 'dart:convert';
import 'dart:io';
import 'dart:math';

class Matrix {
  final int a, b, c, d;
  const Matrix(this.a, this.b, this.c, this.d);
  Matrix operator *(Matrix o) => Matrix(a * o.a + b * o.c, a * o.b + b * o.d, c * o.a + d * o.c, c * o.b + d * o.d);
}

T power<T>(T one, T base, int n, T Function(T, T) times) {
  for (; n > 0; n >>= 1, base = times(base, base)) {
    if (n.isOdd) one = times(one, base);
  }
  return one;
}

int queens(int size, [int row = 0, int columns = 0, int left = 0, int right = 0]) {
  if (row == size) return 1;
  var found = 0;
  for (var free = ~(columns | left | right) & ((1 << size) - 1); free != 0; free &= free - 1) {
    final bit = free & -free;
    found += queens(size, row + 1, columns | bit, (left | bit) << 1, (right | bit) >> 1);
  }
  return found;
}

class Negative implements Exception {
  final double value;
  Negative(this.value);
}

double root(double x) => x < 0 ? throw Negative(x) : sqrt(x);

extension Counting on Stream<String> {
  Future<Map<String, int>> counts() async {
    final found = <String, int>{};
    await for (final line in this) {
      for (final word in line.split(' ')) {
        found.update(word, (n) => n + 1, ifAbsent: () => 1);
      }
    }
    return found;
  }
}

Future<void> main() async {
  final counts = await stdin.transform(utf8.decoder).transform(const LineSplitter()).counts();
  final entries = [for (final MapEntry(:key, :value) in counts.entries) (key, value)]
    ..sort((x, y) => x.$2 != y.$2 ? y.$2 - x.$2 : x.$1.compareTo(y.$1));
  for (final (word, count) in entries) {
    print('$word $count');
  }
  try {
    root(-1);
    exit(1);
  } on Negative {
    // as it should be
  }
  final found = await Future(() => queens(8));
  final fibonacci = power(const Matrix(1, 0, 0, 1), const Matrix(1, 1, 1, 0), 90, (x, y) => x * y).b;
  final total = counts.values.fold(0, (a, b) => a + b);
  print('$total words, fibonacci $fibonacci, queens $found, root ${root(2).toStringAsFixed(6)}');
}
