import { answer_with, asked, until } from './page_globals';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { await_end } from '../src/lib/await_end';
import { JudgeRun, type Judging } from '../src/views/problems/judge_run';

const done = { status: 200, body: { status: 'COMPLETED' } };
const refused = (status: number) => ({ status, body: { detail: 'no' } });
const posts = () => asked.filter(({ method }) => method === 'POST').map(({ path }) => path);

test('a server that is away for a while is asked again', async () => {
  const answers = ['offline' as const, refused(503), done];
  answer_with(() => answers.shift() ?? done);
  assert.equal((await await_end('x', new AbortController().signal, () => undefined)).status, 'COMPLETED');
  assert.equal(asked.length, 3);
});

test('what asking again does not change is thrown', async () => {
  answer_with(() => refused(404));
  await assert.rejects(await_end('x', new AbortController().signal, () => undefined), { status: 404 });
  assert.equal(asked.length, 1);
});

test('an answer whose end could not be had is followed again, not submitted again', async () => {
  let away = true;
  answer_with(({ method }) => (method === 'POST' ? { status: 202, body: { execution_id: 'x' } } : away ? refused(403) : done));
  let judging: Judging = { state: 'idle' };
  const run = new JudgeRun({ language: 'python', code: '1' }, (now) => { judging = now; });
  await until(() => judging.state === 'failed');
  away = false;
  run.again();
  await until(() => judging.state === 'over');
  assert.deepEqual(posts(), ['executions']);
});

test('one that the server has not taken is submitted again', async () => {
  let away = true;
  answer_with(({ method }) => (method === 'POST' ? (away ? 'offline' : { status: 202, body: { execution_id: 'x' } }) : done));
  let judging: Judging = { state: 'idle' };
  const run = new JudgeRun({ language: 'python', code: '1' }, (now) => { judging = now; });
  await until(() => judging.state === 'failed');
  away = false;
  run.again();
  await until(() => judging.state === 'over');
  assert.deepEqual(posts(), ['executions', 'executions']);
});

test('who stops before it is known what to stop is heard', async () => {
  let accept = () => {};
  let cancelled = false;
  answer_with(async ({ method, path }) => {
    if (path === 'executions') await new Promise<void>((resume) => { accept = resume; });
    if (path.endsWith('/cancel')) cancelled = true;
    return method === 'POST' ? { status: 202, body: { execution_id: 'x' } } : { status: 200, body: { status: cancelled ? 'CANCELLED' : 'RUNNING' } };
  });
  let judging: Judging = { state: 'idle' };
  const run = new JudgeRun({ language: 'python', code: '1' }, (now) => { judging = now; });
  await until(() => asked.length === 1);
  run.stop();
  accept();
  await until(() => judging.state === 'over');
  assert.deepEqual(posts(), ['executions', 'executions/x/cancel']);
});
