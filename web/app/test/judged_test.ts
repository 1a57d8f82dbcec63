import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JudgeTest, TestResult } from '../src/api/types';
import { pair_tests, passed_count } from '../src/views/problems/judged';

const result = (name: string, verdict: TestResult['verdict'] = 'PASSED') => ({ name, verdict }) as TestResult;
const visible = (name: string, hidden = false) => ({ name, hidden }) as JudgeTest;
const names = (results: TestResult[], tests: JudgeTest[]) => pair_tests(results, tests).map(({ test: one }) => one?.name ?? null);

test('each result finds its test', () => {
  assert.deepEqual(names([result('a'), result('b')], [visible('a'), visible('b')]), ['a', 'b']);
});

test('hidden tests have none, for who is not the author', () => {
  assert.deepEqual(names([result('a'), result('hidden 1'), result('b'), result('hidden 2')], [visible('a'), visible('b')]), ['a', null, 'b', null]);
  // The author sees all, whatever they are called.
  assert.deepEqual(names([result('a'), result('hidden 1')], [visible('a'), visible('hidden 1', true)]), ['a', 'hidden 1']);
});

test('a problem that has changed since has no test for a result', () => {
  assert.deepEqual(names([result('a'), result('b')], [visible('a'), visible('c')]), ['a', null]);
  assert.deepEqual(names([result('a'), result('b')], [visible('a'), visible('b'), visible('c')]), [null, null]);
  assert.deepEqual(names([result('a')], []), [null]);
});

test('passed tests are counted', () => {
  assert.equal(passed_count([result('a'), result('b', 'SKIPPED'), result('c', 'WRONG_ANSWER')]), 1);
});
