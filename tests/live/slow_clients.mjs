// Clients that send or read slowly, many at a time: what is kept for all of them is bounded, those that were there
// longest make room, and others are served.
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { PrivateGateway, until } from './private_gateway.mjs';
import { frame, RawSocket, TEXT } from './raw_socket.mjs';

const MIB = 1 << 20;
const OPEN = '/socket.io/?EIO=4&transport=polling';

let gateway;
const sockets = [];
const base = () => `http://127.0.0.1:${gateway.port}`;
const health = async () => (await fetch(`${base()}/health`)).json();
async function open() {
  const raw = await RawSocket.connect(gateway.port);
  sockets.push(raw);
  assert.equal((await raw.upgrade()).status, 101);
  return raw;
}
/// How long somebody else waits now, and what the gateway holds.
async function say(t, what) {
  const began = performance.now();
  await health();
  t.diagnostic(`${what}: ${(gateway.memory() / MIB).toFixed(0)} MiB resident, /health in ${(performance.now() - began).toFixed(1)} ms`);
}

before(async () => { gateway = await PrivateGateway.start({ connections: 300 }); });
afterEach(async () => {
  while (sockets.length) await sockets.pop().destroy();
  await until(async () => (await health()).connections === 0, 'all connections are gone');
  gateway.api.requests.length = 0;
});
after(async () => { await gateway.stop(); });

test('clients whose large messages never end do not keep others from sending one', async (t) => {
  const part = frame(TEXT, 'x'.repeat(8 * MIB), { length: 9 * MIB });
  const slow = [];
  // All that may be kept. Each byte more shows that they are not silent.
  for (let i = 0; i < 8; ++i) {
    slow.push(await open());
    slow[i].send(part);
  }
  const first = slow[0].close_code();
  await say(t, '8 messages that do not end');
  for (let i = 0; i < 3; ++i) {
    const other = await open();
    other.send(frame(TEXT, JSON.stringify({ type: 'nothing', code: 'x'.repeat(8 * MIB) })));
    assert.equal((await other.message()).type, 'error');
    for (const raw of slow) raw.send('y');
    await other.destroy();
  }
  assert.equal(await first, 1013);
});

test('200 clients that send a frame byte by byte, or lie about its length, cost nothing', async (t) => {
  await say(t, 'before');
  const before = gateway.memory();
  const slow = [];
  for (let i = 0; i < 200; ++i) {
    const raw = await open();
    raw.send(frame(TEXT, 'x', { fin: false, length: i % 2 ? 9 * MIB : 126 }));
    slow.push(raw);
  }
  for (let round = 0; round < 10; ++round) for (const raw of slow) raw.send('y');
  await say(t, '200 frames that come byte by byte');
  const other = await open();
  other.send(frame(TEXT, '{"type":"nothing"}'));
  assert.equal((await other.message()).type, 'error');
  assert.ok(gateway.memory() - before < 40 * MIB, `${gateway.memory() - before} bytes more`);
});

test('results that their clients do not read are not all kept; who reads gets theirs', async (t) => {
  const id = await gateway.queue();
  await gateway.finish(id, { stdout: 'x'.repeat(12 * MIB) });
  const attach = frame(TEXT, JSON.stringify({ type: 'attach', execution_id: id }));
  const before = gateway.memory();
  for (let i = 0; i < 60; ++i) {
    const raw = await open();
    raw.socket.pause();
    raw.send(attach);
    await until(() => gateway.api.requests.length === i + 1, 'the result was asked for');
  }
  await say(t, '60 results of 12 MiB that nobody reads');
  const reader = await open();
  reader.send(attach);
  assert.equal((await reader.message()).type, 'started');
  assert.equal((await reader.message()).stdout.length, 12 * MIB);
  // 128 MiB may be kept, and for moments what is on its way.
  await until(() => gateway.memory() - before < 200 * MIB, 'the memory of those that were given up is free');
  await say(t, 'with those that were given up gone');
});

test('input that programs do not read is not kept for any number of clients', async (t) => {
  const sessions = [];
  const input = `${'i'.repeat(900_000)}`;
  const post = async (url, body) => (await fetch(url, { method: 'POST', body })).status;
  const before = gateway.memory();
  for (let i = 0; i < 90; ++i) {
    const { sid } = JSON.parse((await (await fetch(base() + OPEN)).text()).slice(1));
    const url = `${base()}${OPEN}&sid=${sid}`;
    await post(url, '40');
    await post(url, '42["execute-interactive",{"language":"python","code":"x"}]');
    let id;
    await until(async () => {
      id = /"executionId":"([^"]+)"/.exec(await (await fetch(url)).text())?.[1] ?? id;
      return id;
    }, 'it has started');
    for (let n = 0; n < 2; ++n) await post(url, `42["input",${JSON.stringify({ data: input, executionId: id })}]`);
    sessions.push(url);
  }
  await say(t, '90 sessions with 1.8 MB of input each');
  await until(async () => (await post(sessions[0], '3')) === 400, 'the first one made room');
  assert.equal(await post(sessions.at(-1), '3'), 200);
  const more = gateway.memory() - before;
  assert.ok(more < 200 * MIB, `${more} bytes more`);
  for (const url of sessions) await post(url, '1');
});
