// Programs that one talks to over Socket.IO, with the client as npm has it.
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { close_connections, send } from '../contract/client.mjs';
import { FIRST_OUTPUT, InteractiveClient, TRANSPORTS } from './interactive_client.mjs';

const opened = [];
async function open(options) {
  const client = new InteractiveClient(options);
  opened.push(client);
  await client.connected;
  return client;
}
afterEach(() => {
  while (opened.length) opened.pop().close();
  close_connections();
});

// Ends with the second line, and says both.
const TWO_LINES = 'print("ready"); a = input(); b = input(); print(a + "|" + b)';

async function execution_at_its_end(id) {
  const answer = await send({ method: 'GET', path: `/api/v1/executions/${id}?wait=60` });
  assert.equal(answer.status, 200);
  return answer.json();
}

for (const [how, transports] of Object.entries(TRANSPORTS)) {
  test(`a program asks, is answered and ends, ${how}`, async () => {
    const client = await open({ transports });
    const id = await client.start('python', 'name = input("Name? ")\nprint("Hello", name)\nprint("[" + input() + "]")');
    // It is asked before it ends.
    await client.printed('Name? ');
    client.type(id, 'Ada Lovelace');
    await client.printed('Hello Ada Lovelace\n');
    client.type(id, '');
    assert.deepEqual((await client.complete()).data, { status: 'success', exitCode: 0, executionId: id });
    assert.deepEqual(client.events.slice(0, 2), [
      { name: 'execution-start', data: { executionId: id } },
      { name: 'output', data: { data: FIRST_OUTPUT } },
    ]);
    assert.equal(client.output(), 'Name? Hello Ada Lovelace\n[]\n');
    assert.equal(client.names().at(-1), 'execution-complete');
    if (transports) assert.equal(client.socket.io.engine.transport.name, transports[0]);
  });

  test(`a client that leaves kills its program, ${how}`, async () => {
    const client = await open({ transports });
    const id = await client.start('python', 'print("ready")\nwhile True: pass');
    await client.printed('ready\n');
    client.close();
    assert.equal((await execution_at_its_end(id)).status, 'CANCELLED');
  });

  test(`much output arrives whole and in order, much input too, ${how}`, async () => {
    const client = await open({ transports });
    const id = await client.start('python', 'line = input()\nfor i in range(6000): print(i)\nprint(len(line), line[-3:])');
    client.type(id, `${'ü'.repeat(150_000)}end`);
    await client.complete(id);
    const numbers = Array.from({ length: 6000 }, (_, i) => `${i}\n`).join('');
    assert.equal(client.output(), `${numbers}150003 end\n`);
  });
}

test('errors of a program come as stderr, its exit code at the end', async () => {
  const client = await open();
  const id = await client.start('python', 'import sys\nprint("careful", file=sys.stderr)\nprint("out")\nsys.exit(3)');
  assert.deepEqual((await client.complete()).data, { status: 'error', exitCode: 3, executionId: id });
  assert.equal(client.output('stderr'), 'careful\n');
  assert.equal(client.output(), 'out\n');
});

test('what a compiler says comes as stderr', async () => {
  const client = await open();
  const id = await client.start('c', 'int main(void) { return nothing; }');
  const { data } = await client.complete();
  assert.equal(data.status, 'error');
  assert.notEqual(data.exitCode, 0);
  assert.equal(data.executionId, id);
  assert.match(client.output('stderr'), /nothing/);
});

test('a transport that changes in the middle of a run loses and doubles nothing', async () => {
  // The client would change at once: here when there is something to lose, on both ways.
  const client = await open({ transports: ['polling', 'websocket'], upgrade: false });
  const { engine } = client.socket.io;
  const code = `
import threading, time
def echo():
    for _ in range(41): print("in:" + input() + "\\n", end="")
echoing = threading.Thread(target=echo)
echoing.start()
for i in range(2000):
    print(str(i) + "\\n", end="")
    if i % 20 == 0: time.sleep(0.005)
echoing.join()
`;
  const id = await client.start('python', code);
  await client.printed('100\n');
  assert.equal(engine.transport.name, 'polling');
  const upgraded = new Promise((done) => { engine.once('upgrade', done); });
  engine._probe('websocket');
  let typed = 0;
  const type = () => client.type(id, `${typed++}`);
  while (typed < 20) {
    type();
    await new Promise(setImmediate);
  }
  await upgraded;
  assert.equal(engine.transport.name, 'websocket');
  while (typed < 41) type();
  assert.equal((await client.complete(id)).data.status, 'success');
  const lines = client.output().split('\n').filter((line) => line !== '');
  const counted = (length, prefix) => Array.from({ length }, (_, i) => `${prefix}${i}`);
  assert.deepEqual(lines.filter((line) => !line.startsWith('in:')), counted(2000, ''));
  assert.deepEqual(lines.filter((line) => line.startsWith('in:')), counted(41, 'in:'));
});

test('input for a program of another connection is dropped', async () => {
  const own = await open();
  const other = await open();
  const id = await own.start('python', TWO_LINES);
  await own.printed('ready\n');
  const answer = await other.socket.emitWithAck('input', { data: 'foreign', executionId: id });
  assert.equal(answer.status, 'error');
  for (const executionId of ['', 'x', '00000000-0000-7000-8000-000000000000', null, 7, undefined]) {
    other.socket.emit('input', { data: 'foreign', executionId });
    own.socket.emit('input', { data: 'nobody', executionId });
  }
  assert.deepEqual(await own.socket.emitWithAck('input', { data: 'one', executionId: id }), { status: 'success' });
  own.type(id, 'two');
  await own.complete();
  assert.equal(own.output(), 'ready\none|two\n');
  assert.deepEqual(other.events, []);
});

test('two clients at once, and two programs of one client, have their own input', async () => {
  // In one write: what two programs print on one connection is not parted by lines.
  const once = 'a = input(); b = input(); print(a + "|" + b + "\\n", end="")';
  const clients = [await open(), await open({ transports: ['polling'] })];
  const runs = [];
  for (const client of clients) {
    for (let i = 0; i < 2; ++i) runs.push({ client, id: await client.start('python', once) });
  }
  assert.equal(new Set(runs.map(({ id }) => id)).size, 4);
  runs.forEach(({ client, id }, i) => { client.type(id, `a${i}`); });
  runs.forEach(({ client, id }, i) => { client.type(id, `b${i}`); });
  for (const { client, id } of runs) assert.equal((await client.complete(id)).data.status, 'success');
  const sorted = (client) => client.output().trim().split('\n').sort();
  assert.deepEqual(sorted(clients[0]), ['a0|b0', 'a1|b1']);
  assert.deepEqual(sorted(clients[1]), ['a2|b2', 'a3|b3']);
});

test('programs of one connection have a bound', async () => {
  const client = await open();
  const ids = [];
  for (let i = 0; i < 8; ++i) ids.push(await client.start('python', 'input()'));
  const refusal = await client.socket.emitWithAck('execute-interactive', { language: 'python', code: 'print(1)' });
  assert.equal(refusal.status, 'error');
  assert.match(refusal.message, /at most 8 programs/);
  client.type(ids[0], '');
  await client.complete(ids[0]);
  assert.notEqual(await client.start('python', 'print(1)'), ids[0]);
});

test('an unknown language is an error and an end', async () => {
  const client = await open();
  client.socket.emit('execute-interactive', { language: 'cobolx', code: 'x' });
  await client.complete();
  assert.deepEqual(client.events, [
    { name: 'error', data: { message: 'Unsupported language: cobolx' } },
    { name: 'execution-complete', data: { status: 'error' } },
  ]);
});

test('what is missing or wrong is an error and an end, and the connection goes on', async () => {
  const client = await open();
  const cases = [
    [{ code: 'x' }, /^Language and code are required$/],
    [{ language: 'python' }, /^Language and code are required$/],
    [{ language: 'python', code: '' }, /^Language and code are required$/],
    [undefined, /^Language and code are required$/],
    ['python', /^Language and code are required$/],
    [[], /^Language and code are required$/],
    [{ language: 'python', code: 7 }, /^code /],
    [{ language: {}, code: 'x' }, /^language /],
    [{ language: 'python', code: 'x\0y' }, /^code /],
    [{ language: 'python', code: 'x'.repeat(900_000) }, /./],
  ];
  for (const [request, message] of cases) {
    const from = client.events.length;
    client.socket.emit('execute-interactive', request);
    await client.until(({ name }) => name === 'execution-complete', from);
    const [error, end, ...more] = client.events.slice(from);
    assert.equal(error.name, 'error');
    assert.match(error.data.message, message);
    assert.deepEqual(end.data, { status: 'error' });
    assert.deepEqual(more, []);
  }
  const id = await client.start('python', 'print(5)');
  assert.equal((await client.complete(id)).data.status, 'success');
});

test('binary data is refused, and the connection goes on', async () => {
  for (const transports of Object.values(TRANSPORTS)) {
    const client = await open({ transports });
    client.socket.emit('input', { data: Buffer.from('bytes'), executionId: 'x' });
    const { data } = await client.until(({ name }) => name === 'error');
    assert.match(data.message, /binary/);
    const id = await client.start('python', 'print(5)');
    assert.equal((await client.complete(id)).data.status, 'success');
  }
});

test('a start is acknowledged where that was asked for', async () => {
  const client = await open();
  const answer = await client.socket.emitWithAck('execute-interactive', { language: 'python', code: 'print(1)' });
  assert.equal(answer.status, 'success');
  assert.equal((await client.complete()).data.executionId, answer.executionId);
});

test('other namespaces are refused', async () => {
  const client = new InteractiveClient({ path: '/admin' });
  opened.push(client);
  await assert.rejects(client.connected, { message: 'Invalid namespace' });
});

test('a client that left may come again', async () => {
  const client = await open();
  const id = await client.start('python', 'input()');
  client.close();
  assert.equal((await execution_at_its_end(id)).status, 'CANCELLED');
  const from = client.events.length;
  client.socket.connect();
  await new Promise((done) => { client.socket.once('connect', done); });
  client.socket.emit('execute-interactive', { language: 'python', code: 'print("again")' });
  const { data } = await client.until(({ name }) => name === 'execution-complete', from);
  assert.equal(data.status, 'success');
});

test('the script that pages load is the client', async () => {
  const answer = await send({ method: 'GET', path: '/socket.io/socket.io.js' });
  assert.equal(answer.status, 200);
  assert.match(answer.headers['content-type'], /javascript/);
  assert.match(answer.body, /Socket\.IO v4\./);
});
