import 'dart:typed_data';

void main() {
  final blocks = <Uint8List>[];
  for (;;) {
    blocks.add(Uint8List(4 << 20)..fillRange(0, 4 << 20, 1));
  }
}
