// Socket.IO at a gateway of its own, with no worker behind: who a client is, how many there may be, what waits for
// one that is slow, and the gateway's end.
import assert from 'node:assert/strict';
import net from 'node:net';
import { after, afterEach, before, test } from 'node:test';
import { problem } from './fake_api.mjs';
import { FIRST_OUTPUT, InteractiveClient, TRANSPORTS } from './interactive_client.mjs';
import { PrivateGateway, until } from './private_gateway.mjs';
import { RawSocket } from './raw_socket.mjs';

const CONNECTIONS = 4;
const OPEN = '/socket.io/?EIO=4&transport=polling';
const RS = '\x1e';

let gateway;
const clients = [];
async function open(options) {
  const client = new InteractiveClient(options);
  clients.push(client);
  await client.connected;
  return client;
}

before(async () => {
  gateway = await PrivateGateway.start({ connections: CONNECTIONS, allowed_origins: 'https://page.example' });
  process.env.RUNYARD_TEST_URL = `http://127.0.0.1:${gateway.port}`;
});
const connected = async () => (await (await fetch(`${process.env.RUNYARD_TEST_URL}/health`)).json()).connections;
afterEach(async () => {
  while (clients.length) clients.pop().close();
  await until(async () => (await connected()) === 0, 'every place is given back');
  gateway.refuse = undefined;
  gateway.api.requests.length = 0;
});
after(async () => { await gateway.stop(); });

const in_queue = async (id) => (await gateway.sql(`select count(*) from queue where id = '${id}'`)) === '1';

/// A client that polls when the test says so.
class Poller {
  static async open() {
    const poller = new Poller();
    const answer = await fetch(process.env.RUNYARD_TEST_URL + OPEN);
    poller.url = `${process.env.RUNYARD_TEST_URL}${OPEN}&sid=${JSON.parse((await answer.text()).slice(1)).sid}`;
    await poller.post('40');
    await poller.get();
    return poller;
  }
  async post(body) { return (await fetch(this.url, { method: 'POST', body })).status; }
  async get() {
    const answer = await fetch(this.url);
    assert.equal(answer.status, 200);
    return (await answer.text()).split(RS);
  }
  /// Until a packet of that event.
  async until(name) {
    for (let packets = []; ;) {
      packets = packets.concat(await this.get());
      const found = packets.find((packet) => packet.startsWith(`42["${name}"`));
      if (found) return { packets, data: JSON.parse(found.slice(2))[1] };
    }
  }
}

test('a run is submitted in the name of its client, by the rules of execute', async () => {
  const extraHeaders = { 'X-Real-IP': '203.0.113.9', 'X-Runyard-User': 'ann', Authorization: 'Bearer t', 'X-API-Key': 'k', 'X-Request-Id': 'r1' };
  for (const transports of Object.values(TRANSPORTS)) {
    gateway.api.requests.length = 0;
    const client = await open({ transports, extraHeaders });
    await client.start('python3', 'print(1)');
    const [{ params, body }] = gateway.api.requests;
    assert.deepEqual(JSON.parse(body), { language: 'python3', code: 'print(1)' });
    assert.deepEqual([params.REQUEST_METHOD, params.REQUEST_URI, params.RUNYARD_LIVE, params.REMOTE_ADDR, params.RUNYARD_USER, params.HTTP_AUTHORIZATION, params.HTTP_X_API_KEY],
      ['POST', '/api/v1/executions', 'execute', '203.0.113.9', 'ann', 'Bearer t', 'k']);
    client.close();
  }
});

test('a token given on connecting stands for the header', async () => {
  const client = await open({ auth: { token: 'ry_key' } });
  await client.start('python', 'print(1)');
  assert.equal(gateway.api.requests[0].params.HTTP_AUTHORIZATION, 'Bearer ry_key');
  await assert.rejects(open({ auth: { token: 'two words' } }), /auth\.token/);
});

test('a session belongs to whoever opened it, not to whoever knows its id', async () => {
  const own = { Authorization: 'Bearer t', 'X-Runyard-User': 'ann' };
  const answer = await fetch(process.env.RUNYARD_TEST_URL + OPEN, { headers: own });
  const { sid } = JSON.parse((await answer.text()).slice(1));
  const path = `${OPEN}&sid=${sid}`;
  const post = async (headers) => {
    const posted = await fetch(process.env.RUNYARD_TEST_URL + path, { method: 'POST', body: '3', headers });
    return [posted.status, await posted.text()];
  };
  const upgrade = async (headers) => {
    const raw = await RawSocket.connect(gateway.port);
    const { status } = await raw.upgrade({ path: path.replace('polling', 'websocket'), headers });
    await raw.destroy();
    return status;
  };
  const unknown = [400, '{"code":1,"message":"Session ID unknown"}'];
  for (const foreign of [{}, { ...own, Authorization: 'Bearer u' }, { ...own, 'X-Runyard-User': 'bob' }, { ...own, 'X-API-Key': 'k' },
    { 'X-Runyard-User': 'ann' }, { Authorization: 'Bearer t' }]) {
    assert.deepEqual(await post(foreign), unknown);
    // It does not close it either.
    const got = await fetch(process.env.RUNYARD_TEST_URL + path, { headers: foreign });
    assert.deepEqual([got.status, await got.text()], unknown);
  }
  for (const foreign of [{}, { Authorization: 'Bearer t' }, { ...own, Authorization: 'Bearer u' }]) assert.equal(await upgrade(foreign), 400);
  assert.deepEqual(await post(own), [200, 'ok']);
  // From elsewhere; and an upgrade of a browser has no such headers.
  assert.deepEqual(await post({ ...own, 'X-Real-IP': '203.0.113.77' }), [200, 'ok']);
  assert.equal(await upgrade({ 'X-Runyard-User': 'ann' }), 101);
  await post(own).then(() => fetch(process.env.RUNYARD_TEST_URL + path, { method: 'POST', body: '1', headers: own }));
});

test("the API's refusals are told", async () => {
  const client = await open();
  gateway.refuse = problem(429, 'too many at once');
  client.socket.emit('execute-interactive', { language: 'python', code: 'x' });
  await client.complete();
  assert.deepEqual(client.events, [
    { name: 'error', data: { message: 'too many at once' } },
    { name: 'execution-complete', data: { status: 'error' } },
  ]);
});

for (const [how, transports] of Object.entries(TRANSPORTS)) {
  test(`a run that took its time is told so at its end, ${how}`, async () => {
    const client = await open({ transports });
    const id = await client.start('python', 'while True: pass');
    await gateway.publish(id, [{ id: 1, kind: 'status', data: { status: 'RUNNING', stage: 'run', attempt: 1 } }, { id: 2, data: 'a' }, { id: 3, kind: 'stderr', data: 'b' }]);
    await gateway.finish(id, { status: 'TIMEOUT', reason: 'WALL_TIME', message: 'wall time', signal: 9 });
    await client.complete();
    assert.deepEqual(client.events, [
      { name: 'execution-start', data: { executionId: id } },
      { name: 'output', data: { data: FIRST_OUTPUT } },
      { name: 'output', data: { data: 'a' } },
      { name: 'output', data: { data: 'b', type: 'stderr' } },
      { name: 'output', data: { data: 'Execution timed out after 300 seconds\n', type: 'error' } },
      { name: 'execution-complete', data: { status: 'error', exitCode: 124, executionId: id } },
    ]);
  });

  test(`what is typed reaches the queue of the program, with a newline, ${how}`, async () => {
    const client = await open({ transports });
    const id = await client.start('python', 'x');
    await gateway.claim(id);
    for (const line of ['eins', '', 'zwei ü']) client.type(id, line);
    assert.deepEqual(await client.socket.emitWithAck('input', { data: 'drei', executionId: id }), { status: 'success' });
    assert.equal(await gateway.take_input(id), 'eins\n\nzwei ü\ndrei\n');
  });

  test(`leaving takes a run out of the queue, ${how}`, async () => {
    const client = await open({ transports });
    const id = await client.start('python', 'x');
    assert.equal(await in_queue(id), true);
    client.close();
    await until(async () => !(await in_queue(id)), 'it is cancelled');
  });
}

test('a client that hangs up while it polls has left', async () => {
  const poller = await Poller.open();
  await poller.post('42["execute-interactive",{"language":"python","code":"x"}]');
  // Everything there is, so that the next GET is held.
  const { packets } = await poller.until('output');
  const id = packets.join().match(/"executionId":"([^"]+)"/)[1];
  const { pathname, search, port } = new URL(poller.url);
  const socket = net.connect(port, '127.0.0.1');
  socket.on('error', () => {});
  socket.end(`GET ${pathname}${search} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`);
  await until(async () => !(await in_queue(id)), 'its run is cancelled');
  assert.equal((await fetch(poller.url)).status, 400);
});

test('a client that fetches seldom is given no more than may wait, and the rest once it fetches', async () => {
  const poller = await Poller.open();
  await poller.post('42["execute-interactive",{"language":"python","code":"x"}]');
  const { data: { executionId: id } } = await poller.until('execution-start');
  // Three times what may wait for one client.
  const piece = (i) => String(i).padStart(16_000, '.');
  const count = 400;
  for (let from = 0; from < count; from += 100)
    await gateway.publish(id, Array.from({ length: 100 }, (_, i) => ({ id: from + i + 1, data: piece(from + i) })));
  await gateway.finish(id, { exit_code: 0 });
  const { packets } = await poller.until('execution-complete');
  const output = packets.filter((packet) => packet.startsWith('42["output"')).map((packet) => JSON.parse(packet.slice(2))[1].data).join('');
  assert.equal(output.replace(FIRST_OUTPUT, ''), Array.from({ length: count }, (_, i) => piece(i)).join(''));
  await poller.post('1');
});

test('no more clients than there are places', async () => {
  for (let i = 0; i < CONNECTIONS; ++i) await open({ transports: [i % 2 ? 'polling' : 'websocket'] });
  const answer = await fetch(process.env.RUNYARD_TEST_URL + OPEN);
  assert.equal(answer.status, 503);
  assert.equal((await answer.json()).code, 4);
  assert.ok(Number(answer.headers.get('retry-after')) > 0);
  await assert.rejects(open({ transports: ['websocket'] }));
});

test('pages that the settings name may connect', async () => {
  const answer = await fetch(process.env.RUNYARD_TEST_URL + OPEN, { headers: { Origin: 'https://page.example' } });
  assert.equal(answer.status, 200);
  assert.equal(answer.headers.get('access-control-allow-origin'), 'https://page.example');
  const { sid } = JSON.parse((await answer.text()).slice(1));
  await fetch(`${process.env.RUNYARD_TEST_URL}${OPEN}&sid=${sid}`, { method: 'POST', body: '1', headers: { Origin: 'https://page.example' } });
});

test('the gateway ends: every client is told, runs are cancelled, it exits with 0', async () => {
  const runs = [];
  for (const transports of Object.values(TRANSPORTS)) {
    const client = await open({ transports });
    runs.push({ client, id: await client.start('python', 'x') });
  }
  gateway.child.kill('SIGTERM');
  for (const { client } of runs) await client.until(({ name }) => name === 'disconnect');
  assert.equal(await gateway.ended, 0);
  assert.equal(await gateway.sql('select count(*) from queue where attempt = 0'), '0');
  clients.length = 0;
  await gateway.launch();
});
