import assert from 'node:assert/strict';
import { test } from 'node:test';
import { difference } from '../src/views/problems/difference';

const shown = (expected: string, actual: string) => (difference(expected, actual) ?? [])
  .map((line) => (line.kind === 'skipped' ? `~${line.count}` : `${{ same: ' ', missing: '-', extra: '+' }[line.kind]}${line.text}`));

test('lines are told apart', () => {
  assert.deepEqual(shown('a\nb\nc\n', 'a\nx\nc\n'), [' a', '-b', '+x', ' c']);
  assert.deepEqual(shown('', 'a\n'), ['+a']);
  assert.deepEqual(shown('a\n', ''), ['-a']);
  assert.deepEqual(shown('', ''), []);
});

test('what cannot be seen has a sign, where it differs', () => {
  assert.deepEqual(shown('a\n', 'a'), ['-a', '+a⊣']);
  assert.deepEqual(shown('a\nb\n', 'a \t\nb\n'), ['-a', '+a·→', ' b']);
  assert.deepEqual(shown('a \nb\n', 'a \nc\n'), [' a ', '-b', '+c']);
});

test('what is the same and far is counted', () => {
  const lines = Array.from({ length: 20 }, (_, index) => `${index}\n`);
  assert.deepEqual(shown(lines.join(''), `${lines.slice(0, -1).join('')}x\n`), ['~16', ' 16', ' 17', ' 18', '-19', '+x']);
  assert.deepEqual(shown('a\nb\n', 'a\nb\n'), ['~2']);
});

test('what is too long or too different is not compared', () => {
  assert.equal(difference('x'.repeat(150_000), 'y'.repeat(60_000)), null);
  const many = (from: number) => Array.from({ length: 2000 }, (_, index) => `${from + index}\n`).join('');
  assert.equal(difference(many(0), many(10_000)), null);
});
