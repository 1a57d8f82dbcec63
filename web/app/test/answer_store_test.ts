import { local } from './page_globals';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { forget_answers, read_answer, write_answer, write_answer_language } from '../src/views/problems/answer_store';

test('an answer that is too long leaves the one before, and is told', () => {
  assert.equal(write_answer('p', 'python', 'short'), true);
  assert.equal(write_answer('p', 'python', 'x'.repeat(200_001)), false);
  assert.equal(read_answer('p', 'python'), 'short');
  assert.equal(write_answer('p', 'python', null), true);
  assert.equal(read_answer('p', 'python'), null);
});

test('a browser that keeps nothing is told', () => {
  local.most = 0;
  assert.equal(write_answer('p', 'python', 'text'), false);
  local.most = Number.POSITIVE_INFINITY;
});

test('all answers are forgotten, and nothing else', () => {
  for (const problem of ['a', 'b', 'c']) {
    write_answer(problem, 'python', 'text');
    write_answer_language(problem, 'python');
  }
  local.setItem('runyard.theme', 'dark');
  forget_answers();
  assert.equal(local.length, 1);
  assert.equal(local.getItem('runyard.theme'), 'dark');
});
