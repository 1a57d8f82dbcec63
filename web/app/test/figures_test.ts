import assert from 'node:assert/strict';
import { test } from 'node:test';
import { count_of, format_kb, format_ms, format_share, format_time } from '../src/lib/figures';

test('durations have the unit that suits them', () => {
  const cases: [number | null, string][] = [
    [null, '–'], [0, '0 ms'], [7.4, '7 ms'], [999, '999 ms'], [1000, '1.00 s'], [1234, '1.23 s'], [9994, '9.99 s'], [9996, '10.0 s'],
    [59_949, '59.9 s'], [59_999, '1 min'], [75_000, '1 min 15 s'], [119_600, '2 min'],
  ];
  for (const [ms, text] of cases) assert.equal(format_ms(ms), text);
});

test('sizes have the unit that suits them', () => {
  const cases: [number | null, string][] = [
    [null, '–'], [0, '0 KiB'], [512, '512 KiB'], [1024, '1 MiB'], [9216, '9 MiB'], [10_240, '10 MiB'], [1536, '1.5 MiB'], [1_572_864, '1.5 GiB'],
  ];
  for (const [kb, text] of cases) assert.equal(format_kb(kb), text);
});

test('only all of it is 100 %', () => {
  assert.equal(format_share(1), '100 %');
  assert.equal(format_share(0.9999), '99 %');
  assert.equal(format_share(0.29), '29 %');
  assert.equal(format_share(null), '–');
});

test('a time that is none is shown as it came', () => {
  assert.equal(format_time('soon'), 'soon');
  assert.equal(format_time(null), '–');
  assert.match(format_time('2026-11-21T11:33:05.123Z', 'en-GB', 'UTC'), /21 Nov 2026.*11:33:05/);
});

test('one is singular', () => {
  assert.equal(count_of(1, 'test'), '1 test');
  assert.equal(count_of(0, 'test'), '0 tests');
  assert.equal(count_of(2, 'query', 'queries'), '2 queries');
});
