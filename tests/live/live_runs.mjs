// Programs that one talks to over a WebSocket, through the whole stack.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { afterEach, test } from 'node:test';
import { promisify } from 'node:util';
import { close_connections, send, url_of_stack } from '../contract/client.mjs';
import { LiveClient } from './live_client.mjs';

const URL_OF_LIVE = `${url_of_stack().replace(/^http/, 'ws')}/api/v1/live`;

const clients = [];
async function open(options) {
  const client = new LiveClient(URL_OF_LIVE, options);
  clients.push(client);
  await client.opened;
  return client;
}
afterEach(async () => {
  while (clients.length) await clients.pop().close();
  close_connections();
});

const python = (code, members) => ({ language: 'python', code, ...members });
const WAITS = 'import time\nprint("ready", flush=True)\nwhile True: time.sleep(1)';

async function at_its_end(id) {
  const answer = await send({ method: 'GET', path: `/api/v1/executions/${id}?wait=60` });
  assert.equal(answer.status, 200);
  return answer.json();
}

test('a program asks, is answered, and ends: its exit is the whole execution', async () => {
  const client = await open();
  const id = await client.run(python('name = input("Name? ")\nprint("Hello", name)\nimport sys\nprint("bye", file=sys.stderr)'));
  await client.printed('Name? ');
  client.send({ type: 'stdin', data: 'Ada\n' });
  const exit = await client.of('exit');
  assert.equal(client.text(), 'Name? Hello Ada\n');
  assert.equal(client.text('stderr'), 'bye\n');
  assert.deepEqual(client.messages.filter(({ type }) => type === 'stage').map(({ stage, attempt }) => [stage, attempt]), [['run', 1]]);
  const { type, id: event, ...execution } = exit;
  assert.deepEqual([type, event], ['exit', 999_999_999]);
  assert.deepEqual(execution, (await send({ method: 'GET', path: `/api/v1/executions/${id}?view=full` })).json());
  assert.deepEqual([execution.status, execution.exit_code, execution.stdout], ['COMPLETED', 0, 'Name? Hello Ada\n']);
  const ids = client.messages.filter((message) => message.id).map((message) => message.id);
  assert.deepEqual(ids, [...new Set(ids)].sort((a, b) => a - b));
});

test('what was given as stdin is typed first, then it stays open until eof', async () => {
  const client = await open();
  await client.run(python('import sys\nfor line in sys.stdin: print(">" + line, end="", flush=True)\nprint("end")', { stdin: 'one\n' }));
  await client.printed('>one');
  client.send({ type: 'stdin', data: 'two\nthree' });
  await client.printed('>two');
  client.send({ type: 'eof' });
  assert.equal((await client.of('exit')).stdout, '>one\n>two\n>threeend\n');
});

test('a compiled program passes both stages', async () => {
  const client = await open();
  // A program that no earlier run has left in the compile cache.
  const code = `// ${process.hrtime.bigint()}\n#include <stdio.h>\nint main() { int n; scanf("%d", &n); printf("%d", n * 2); }`;
  await client.run({ language: 'c', code });
  client.send({ type: 'stdin', data: '21\n' });
  assert.equal((await client.of('exit')).stdout, '42');
  assert.deepEqual(client.messages.filter(({ type }) => type === 'stage').map(({ stage }) => stage), ['compile', 'run']);
});

test('a terminal: prompts, its size and its change, Ctrl-C, Ctrl-D', async () => {
  const client = await open();
  const code = 'import os, signal\nsignal.signal(signal.SIGWINCH, lambda *_: print("size", *os.get_terminal_size(), flush=True))\n' +
    'print("size", *os.get_terminal_size())\ntry: input("first? ")\nexcept KeyboardInterrupt: print("interrupted")\ntry: input("second? ")\nexcept EOFError: print("end")';
  await client.run(python(code, { tty: true, cols: 100, rows: 30 }));
  await client.printed('size 100 30');
  await client.printed('first? ');
  client.send({ type: 'resize', cols: 132, rows: 50 });
  await client.printed('size 132 50');
  client.send({ type: 'stdin', data: '\u0003' });
  await client.printed('second? ');
  assert.match(client.text(), /interrupted/);
  client.send({ type: 'stdin', data: '\u0004' });
  const exit = await client.of('exit');
  assert.match(client.text(), /end\r?\n$/);
  assert.equal(exit.status, 'COMPLETED');
});

test('signals reach the program', async () => {
  const client = await open();
  await client.run(python('import signal, sys\nsignal.signal(signal.SIGTERM, lambda *_: (print("told"), sys.exit(3)))\nprint("ready", flush=True)\nwhile True: signal.pause()'));
  await client.printed('ready');
  client.send({ type: 'signal', name: 'SIGTERM' });
  const exit = await client.of('exit');
  assert.deepEqual([exit.status, exit.exit_code, exit.stdout], ['FAILED', 3, 'ready\ntold\n']);
});

test('leaving kills the run', async () => {
  const client = await open();
  const id = await client.run(python(WAITS));
  await client.printed('ready');
  await client.close();
  assert.equal((await at_its_end(id)).status, 'CANCELLED');
});

test('a detached run lives on; its client comes back to where it was, types, and sees the end', async () => {
  const client = await open();
  const id = await client.run(python('print("a", flush=True)\nprint("b" + input(), flush=True)\nprint("c" + input())', { detach: true }));
  await client.printed('a\n');
  const last = client.messages.at(-1).id;
  await client.close();
  const again = await open();
  again.send({ type: 'attach', execution_id: id, from: last });
  await again.of('started');
  again.send({ type: 'stdin', data: '1\n' });
  await again.printed('b1');
  again.send({ type: 'stdin', data: '2\n' });
  const exit = await again.of('exit');
  assert.equal(again.text(), 'b1\nc2\n');
  assert.equal(exit.stdout, 'a\nb1\nc2\n');
  const third = await open();
  third.send({ type: 'attach', execution_id: id });
  assert.equal((await third.of('exit')).id, exit.id);
  assert.equal(third.text(), exit.stdout);
});

test('an execution submitted over HTTP is followed from its beginning', async () => {
  const { execution_id: id } = (await send({ method: 'POST', path: '/api/v1/executions',
    body: python('import time\nprint("early", flush=True)\ntime.sleep(5)\nprint("late")') })).json();
  const client = await open();
  client.send({ type: 'attach', execution_id: id });
  const exit = await client.of('exit');
  assert.equal(exit.stdout, 'early\nlate\n');
  assert.equal(client.text(), 'early\nlate\n');
});

test("another owner's execution is 404, as one that never was", async () => {
  const { execution_id: id } = (await send({ method: 'POST', path: '/api/v1/executions', body: python('1'), from: '127.0.0.1' })).json();
  const client = await open({ localAddress: '127.0.0.77' });
  const foreign = await client.refused({ type: 'attach', execution_id: id });
  const unknown = await client.refused({ type: 'attach', execution_id: '01a1fca6-dc60-7000-84fb-17ee43d4ec3c' });
  assert.deepEqual(foreign, unknown);
  assert.equal(foreign.status, 404);
});

test('a submission is held to the same rules as over HTTP', async () => {
  const client = await open();
  for (const wrong of [{ language: 'pyton', code: '1' }, { language: 'python' }, { ...python('1'), limits: { wall_ms: 300_001 } },
    { ...python('1'), tests: [{ stdin: '', expected_output: '' }] }, { ...python('1'), unheard: 1 }, { ...python('1'), tty: 1, cols: 0 }]) {
    const error = await client.refused({ type: 'run', ...wrong });
    assert.equal(error.status, 422, JSON.stringify(wrong));
    assert.ok(error.errors.length > 0 && error.errors.every(({ field, message }) => field && message));
  }
  const bad = await open({ headers: { Authorization: 'Bearer nonsense' } });
  assert.equal((await bad.refused({ type: 'run', ...python('1') })).status, 401);
  const over = await open();
  const id = await over.run(python('print(1)'));
  await over.of('exit');
  assert.equal((await over.refused({ type: 'stdin', data: 'x' })).status, 409, id);
});

test('a gigabyte of output ends at its limit, and the client has what was kept', async () => {
  const client = await open();
  await client.run(python('import sys\nline = "x" * 1023 + "\\n"\nfor i in range(1 << 20): sys.stdout.write(line)'));
  const exit = await client.of('exit');
  assert.equal(exit.stdout_truncated || exit.reason === 'OUTPUT_LIMIT', true, JSON.stringify({ ...exit, stdout: '' }));
  assert.equal(client.text(), exit.stdout);
});

test('a flood of input reaches a program at the pace at which it reads', async () => {
  const client = await open();
  await client.run(python('import sys, time\ntime.sleep(0.5)\nn = 0\nwhile True:\n  part = sys.stdin.buffer.read(65536)\n  if not part: break\n  n += len(part)\nprint(n)'));
  const line = `${'i'.repeat(65_535)}\n`;
  for (let i = 0; i < 64; ++i) client.send({ type: 'stdin', data: line });
  client.send({ type: 'eof' });
  assert.equal((await client.of('exit')).stdout, `${64 * 65_536}\n`);
});

test('the gateway is restarted: held runs end, detached ones are found again', { skip: !process.env.RUNYARD_TEST_STACK && 'NOT_RUN: no stack' }, async () => {
  const [held, detached] = [await open(), await open()];
  // The restart is within it.
  const limits = { wall_ms: 60_000 };
  const first = await held.run(python(WAITS, { limits }));
  await held.printed('ready');
  const second = await detached.run(python('print("ready", flush=True)\nprint(input())', { detach: true, limits }));
  await detached.printed('ready');
  await promisify(execFile)('sv', ['-w', '30', 'restart', `${process.env.RUNYARD_TEST_STACK}/service/gateway`]);
  assert.equal((await held.closed).code, 1012);
  assert.equal((await at_its_end(first)).status, 'CANCELLED');
  const again = await reopened();
  again.send({ type: 'attach', execution_id: second, from: detached.messages.at(-1).id });
  await again.of('started');
  again.send({ type: 'stdin', data: 'still there\n' });
  assert.equal((await again.of('exit')).stdout, 'ready\nstill there\n');
});

/// Once the gateway listens again.
async function reopened() {
  for (let i = 0; i < 100; ++i) {
    try { return await open(); } catch { await new Promise((done) => { setTimeout(done, 100); }); }
  }
  throw new Error('the gateway does not come back');
}
