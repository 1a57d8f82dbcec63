import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OutputBuffer } from '../src/lib/output_buffer';
import { visible } from '../src/lib/visible';

test('control characters and those that turn the direction become signs; line ends and tabs stay', () => {
  assert.equal(visible('a\tb\nc\r\nd\re'), 'a\tb\nc\nd␍e');
  assert.equal(visible('\u001b[31mred\u0007\u0000\u007f'), '␛[31mred␇␀␡');
  assert.equal(visible('\u009b31m\u202eabc\u2066'), '⟨U+009B⟩31m⟨U+202E⟩abc⟨U+2066⟩');
  assert.equal(visible('grüße 🚀 </script>'), 'grüße 🚀 </script>');
});

test('pieces of one stream join, those of the other stay apart', () => {
  const buffer = new OutputBuffer();
  buffer.append('stdout', 'a');
  buffer.append('stdout', 'b\n');
  buffer.append('stderr', 'oh\n');
  buffer.append('stdout', 'c');
  assert.deepEqual(buffer.segments, [
    { stream: 'stdout', text: 'ab\n' }, { stream: 'stderr', text: 'oh\n' }, { stream: 'stdout', text: 'c' },
  ]);
  assert.equal(buffer.whole(), 'ab\noh\nc');
  assert.equal(buffer.whole('stdout'), 'ab\nc');
});

test('a line end that comes in two pieces is one', () => {
  const buffer = new OutputBuffer();
  buffer.append('stdout', 'a\r');
  buffer.append('stdout', '\nb\r');
  buffer.append('stdout', 'c');
  assert.deepEqual(buffer.segments, [{ stream: 'stdout', text: 'a\nb␍c' }]);
  assert.equal(buffer.whole(), 'a\r\nb\rc');
});

test('what is shown is cut, what is kept goes on to its own bound', () => {
  const buffer = new OutputBuffer(10, 100, 30);
  for (let round = 0; round < 10; ++round) buffer.append('stdout', '12345678');
  assert.equal(buffer.cut, true);
  assert.deepEqual(buffer.segments, [{ stream: 'stdout', text: '1234567812' }]);
  assert.equal(buffer.whole().length, 30);
  assert.equal(buffer.total, 80);
  buffer.clear();
  assert.deepEqual([buffer.cut, buffer.segments.length, buffer.whole()], [false, 0, '']);
});

test('what fits exactly is not cut, and no character is halved', () => {
  const exact = new OutputBuffer(4);
  exact.append('stdout', 'abcd');
  assert.equal(exact.cut, false);
  const halved = new OutputBuffer(4);
  halved.append('stdout', 'abc🚀');
  assert.deepEqual([halved.cut, halved.segments[0]?.text], [true, 'abc']);
});

test('many changes between the streams are bounded, too', () => {
  const buffer = new OutputBuffer(1000, 10);
  for (let round = 0; round < 50; ++round) buffer.append(round % 2 === 0 ? 'stdout' : 'stderr', 'x');
  assert.equal(buffer.segments.length, 10);
  assert.equal(buffer.cut, true);
  assert.equal(buffer.whole().length, 50);
});
