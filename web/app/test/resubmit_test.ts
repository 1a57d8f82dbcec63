import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Language } from '../src/api/types';
import { to_resubmit, type Submitted } from '../src/views/history/resubmit';

const python = { id: 'python', limits: { maximum: { wall_ms: 60_000, memory_kb: 1000 } } } as Language;
const submitted: Submitted = {
  language: 'python', version: '3.13.5', files: [{ name: 'main.py', content: '1' }], entry: 'main.py', limits: { wall_ms: 300_000, memory_kb: 500 },
  isolation: 'reuse', tests: [{ name: 'one' }],
};

test('limits are those of then, as far as the language allows them now', () => {
  assert.deepEqual(to_resubmit(submitted, python), { ...submitted, limits: { wall_ms: 60_000, memory_kb: 500 } });
  assert.deepEqual(to_resubmit(submitted, undefined), submitted);
});

test('a problem gives its limits itself', () => {
  const { limits: _, ...rest } = submitted;
  assert.deepEqual(to_resubmit({ ...submitted, problem_id: 'p' }, python), { ...rest, problem_id: 'p' });
});
