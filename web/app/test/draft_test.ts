import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JudgeProblem } from '../src/api/types';
import { body_of, draft_of, Mistakes, new_draft } from '../src/views/problems/draft';

const problem: JudgeProblem = {
  problem_id: '1', title: 'Sum', description: 'Add', code_template: { 'c++': 'int main() {}' }, time_limit: 1.5, memory_limit_kb: 65_536, total_limit: 900,
  checker: { kind: 'program', language: 'python', code: 'x' }, test_count: 2, hidden_test_count: 1, editable: true, created_at: '', updated_at: '',
  tests: [
    { name: 'one', stdin: '1\n', expected_output: null, args: ['a b', '"'], weight: 2.5, hidden: true },
    { name: 'two', stdin: '', expected_output: '', args: [], weight: 1, hidden: false },
  ],
};

test('a problem that is opened and saved stays the same', () => {
  assert.deepEqual(body_of(draft_of(problem)), {
    title: 'Sum', description: 'Add', code_template: { 'c++': 'int main() {}' }, time_limit: 1.5, memory_limit_kb: 65_536, total_limit: 900,
    checker: { kind: 'program', language: 'python', code: 'x' },
    tests: [
      { name: 'one', stdin: '1\n', args: ['a b', '"'], weight: 2.5, hidden: true },
      { name: 'two', stdin: '', expected_output: '', weight: 1, hidden: false },
    ],
  });
  assert.deepEqual(body_of(draft_of({ ...problem, checker: { kind: 'float', tolerance: 0.5 } })).checker, { kind: 'float', tolerance: 0.5 });
  assert.equal(body_of(draft_of({ ...problem, checker: 'tokens' })).checker, 'tokens');
});

test('what is no number reaches the server, which says what it should be', () => {
  const body = body_of({ ...new_draft(), time_limit: 'soon', memory_limit_kb: ' ' });
  assert.equal(body.time_limit, 'soon');
  assert.equal(body.memory_limit_kb, null);
});

test('each mistake is shown once: at its field or above the form', () => {
  const mistakes = new Mistakes([
    { field: 'title', message: 'is required' }, { field: 'title', message: 'again' }, { field: 'tests[0].args[1]', message: 'too long' },
    { field: 'tests[10].weight', message: 'w' }, { field: 'body', message: 'b' },
  ]);
  assert.equal(mistakes.at('title'), 'is required\nagain');
  assert.equal(mistakes.within('tests[0].args'), '[1]: too long');
  assert.equal(mistakes.within('tests[1]'), undefined);
  assert.equal(mistakes.within('tests[10].weight'), 'w');
  assert.deepEqual(mistakes.elsewhere(['title'], ['tests[0].args']), [{ field: 'tests[10].weight', message: 'w' }, { field: 'body', message: 'b' }]);
  assert.equal(new Mistakes([]).any, false);
});
