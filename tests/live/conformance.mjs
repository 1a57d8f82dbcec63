// The gateway as a WebSocket server: frames, masks, fragments, close codes, pings, sizes, byte by byte (RFC 6455).
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { PrivateGateway, until } from './private_gateway.mjs';
import { BINARY, CLOSE, close_frame, CONTINUATION, frame, PING, PONG, RawSocket, TEXT } from './raw_socket.mjs';

let gateway;
const sockets = [];
async function connect() {
  const raw = await RawSocket.connect(gateway.port);
  sockets.push(raw);
  return raw;
}
async function open(options) {
  const raw = await connect();
  const { status, accepted } = await raw.upgrade(options);
  assert.equal(status, 101);
  assert.equal(accepted, true);
  return raw;
}
/// That the connection still works: a wrong message is answered.
async function answers(raw, text = '{"type":"nothing"}') {
  raw.send(frame(TEXT, text));
  assert.equal((await raw.message()).type, 'error');
}
const connections = async () => (await (await fetch(`http://127.0.0.1:${gateway.port}/health`)).json()).connections;

before(async () => { gateway = await PrivateGateway.start({ ping_s: 2, stall_s: 5, connections: 20, connections_per_address: 3, allowed_origins: 'https://friend.example' }); });
afterEach(async () => {
  while (sockets.length) await sockets.pop().destroy();
  await until(async () => (await connections()) === 0, 'all connections are gone');
});
after(async () => { await gateway.stop(); });

test('an upgrade is answered as the protocol has it', async () => {
  const raw = await connect();
  const answer = await raw.upgrade();
  assert.deepEqual([answer.status, answer.headers.upgrade.toLowerCase(), answer.headers.connection.toLowerCase(), answer.accepted], [101, 'websocket', 'upgrade', true]);
  assert.equal(answer.headers['sec-websocket-extensions'], undefined);
  await answers(raw);
});

test('what is no upgrade is refused by HTTP, and told why', async () => {
  const cases = [
    [{ headers: { Upgrade: undefined, Connection: undefined } }, 426],
    [{ headers: { 'Sec-WebSocket-Version': '8' } }, 426],
    [{ headers: { 'Sec-WebSocket-Version': undefined } }, 400],
    [{ headers: { 'Sec-WebSocket-Key': undefined } }, 400],
    [{ headers: { 'Sec-WebSocket-Key': 'c2hvcnQ=' } }, 400],
    [{ headers: { Host: undefined } }, 400],
    [{ method: 'POST' }, 405],
    [{ path: '/api/v1/lives' }, 404],
    [{ headers: { Cookie: 'x'.repeat(20_000) } }, 431],
  ];
  for (const [options, status] of cases) {
    const raw = await connect();
    assert.equal((await raw.upgrade(options)).status, status, JSON.stringify(options).slice(0, 100));
    await raw.destroy();
  }
  const raw = await connect();
  raw.send('this is no HTTP\r\n\r\n');
  assert.equal((await raw.head()).status, 400);
});

test('pages of other origins are refused, also of another port; the own origin, named ones and no browser are not', async () => {
  for (const [origin, status] of [['https://evil.example', 403], ['null', 403], ['http://localhost.evil.example', 403], ['', 403],
    ['http://localhost', 403], ['https://localhost:8443', 403], ['http://localhost:3000', 403], ['http://localhost:8080', 101], ['https://friend.example', 101], ['http://friend.example', 403], [undefined, 101]]) {
    const raw = await connect();
    assert.equal((await raw.upgrade({ headers: { Host: 'localhost:8080', Origin: origin } })).status, status, origin);
    await raw.destroy();
  }
});

test('a name that is none of this machine leads nowhere, whatever page asks', async () => {
  for (const headers of [{ Host: 'evil.example:8080' }, { Host: 'evil.example:8080', Origin: 'http://evil.example:8080' },
    { Host: 'localhost:8080', 'X-Runyard-Host': 'evil.example' }]) {
    const raw = await connect();
    assert.equal((await raw.upgrade({ headers })).status, 421, JSON.stringify(headers));
    await raw.destroy();
  }
});

test('places: so many of one address (429), so many in all (503), and back when they leave', async () => {
  const of = (address) => ({ headers: { 'X-Real-IP': address } });
  const three = [await open(of('203.0.113.1')), await open(of('203.0.113.1')), await open(of('203.0.113.1'))];
  assert.equal((await (await connect()).upgrade(of('203.0.113.1'))).status, 429);
  await open(of('2001:db8:0:1::1'));
  await open(of('2001:db8:0:1::2'));
  await open(of('2001:db8:0:1:2:3:4:5'));
  assert.equal((await (await connect()).upgrade(of('2001:db8:0:1:ffff::'))).status, 429);
  await open(of('2001:db8:0:2::1'));
  await three[0].destroy();
  await until(async () => (await connections()) === 6, 'its place is free');
  await open(of('203.0.113.1'));
  while (await connections() < 20) await open();
  const refused = await (await connect()).upgrade();
  assert.deepEqual([refused.status, refused.headers['retry-after']], [503, '2']);
});

test('a message may come in fragments, with pings between them and byte by byte', async () => {
  const raw = await open();
  const text = '{"type":"äöü€😀"}';
  const bytes = Buffer.from(text);
  raw.send(frame(TEXT, bytes.subarray(0, 10), { fin: false }), frame(CONTINUATION, '', { fin: false }), frame(PING, 'between'));
  for (const byte of bytes.subarray(10)) raw.send(frame(CONTINUATION, [byte], { fin: false }));
  raw.send(frame(CONTINUATION, ''));
  const pong = await raw.frame();
  assert.deepEqual([pong.opcode, pong.payload.toString()], [PONG, 'between']);
  assert.deepEqual((await raw.message()).errors.map(({ field }) => field), ['type']);
  for (const byte of frame(TEXT, text)) {
    raw.send(Buffer.from([byte]));
    await new Promise(setImmediate);
  }
  assert.equal((await raw.message()).status, 422);
  raw.send(Buffer.concat([frame(TEXT, '{'), frame(TEXT, '{}'), frame(TEXT, '[')]));
  assert.deepEqual([(await raw.message()).status, (await raw.message()).status, (await raw.message()).status], [400, 422, 400]);
});

test('each way to write a length that is long enough is understood', async () => {
  const raw = await open();
  for (const size of [125, 126, 65_535, 65_536, 300_000]) {
    raw.send(frame(TEXT, `{"type":"${'x'.repeat(size - 11)}"}`));
    assert.equal((await raw.message()).status, 422);
  }
});

const BROKEN = {
  'a frame without a mask': [frame(TEXT, '{}', { mask: false }), 1002],
  'a reserved bit': [frame(TEXT, '{}', { bits: 4 }), 1002],
  'an unknown opcode': [frame(3, '{}'), 1002],
  'an unknown control opcode': [frame(11, ''), 1002],
  'a continuation of nothing': [frame(CONTINUATION, '{}'), 1002],
  'a message within a message': [Buffer.concat([frame(TEXT, '{', { fin: false }), frame(TEXT, '}')]), 1002],
  'a ping in fragments': [frame(PING, '', { fin: false }), 1002],
  'a ping of 126 bytes': [frame(PING, 'p'.repeat(126)), 1002],
  'a longer length than needed': [frame(TEXT, '{}', { wide: 64 }), 1002],
  'a close of one byte': [frame(CLOSE, 'x'), 1002],
  'a close with a code that is none': [close_frame(999), 1002],
  'a close with a code that is never sent': [close_frame(1005), 1002],
  'bytes that are no UTF-8': [frame(TEXT, Buffer.from([0x22, 0xc3, 0x28, 0x22])), 1007],
  'a surrogate as UTF-8': [frame(TEXT, Buffer.from([0xed, 0xa0, 0x80])), 1007],
  'a message that ends within a character': [frame(TEXT, Buffer.from([0x22, 0xe2, 0x82])), 1007],
  'a binary message': [frame(BINARY, '{}'), 1003],
  'a message over 9 MiB': [frame(TEXT, '', { length: (9 << 20) + 1 }), 1009],
  'a message of 2^62 bytes': [frame(TEXT, '', { length: 2 ** 62 }), 1009],
};
for (const [what, [bytes, code]] of Object.entries(BROKEN)) {
  test(`${what} closes the connection with ${code}`, async () => {
    const raw = await open();
    raw.send(bytes);
    assert.equal(await raw.close_code(), code);
    raw.send(close_frame(code));
    await raw.ended;
    await answers(await open());
  });
}

test('fragments that are over 9 MiB together are too much as well', async () => {
  const raw = await open();
  raw.send(frame(TEXT, 'x', { fin: false }));
  const part = frame(CONTINUATION, 'x'.repeat(1 << 20), { fin: false });
  for (let i = 0; i < 9; ++i) raw.send(part);
  assert.equal(await raw.close_code(), 1009);
});

test('many large messages that do not end are not all kept', async () => {
  const part = frame(TEXT, 'x'.repeat(8 << 20), { fin: false });
  const many = [];
  for (let i = 0; i < 12; ++i) {
    many.push(await open());
    many.at(-1).send(part);
  }
  const codes = Promise.any(many.map((raw) => raw.close_code()));
  assert.equal(await codes, 1013);
});

test('large messages count until they are dealt with', async () => {
  const message = frame(TEXT, JSON.stringify({ type: 'run', code: 'x'.repeat(8 << 20) }));
  const { answer } = gateway;
  const held = [];
  gateway.answer = () => new Promise((done) => { held.push(() => done('hang up')); });
  try {
    const many = [];
    for (let i = 0; i < 12; ++i) {
      many.push(await open());
      many.at(-1).send(message);
    }
    assert.equal(await Promise.any(many.map((raw) => raw.close_code())), 1013);
  } finally {
    gateway.answer = answer;
    for (const one of held) one();
  }
});

test('who does not read is not listened to: questions do not pile up answers', async () => {
  const id = await gateway.queue();
  await gateway.finish(id, { stdout: 'x'.repeat(12 << 20) });
  const before = gateway.memory();
  const raw = await open();
  raw.socket.pause();
  // Those that come before the first was found are refused; the later ones would be answered.
  for (let i = 0; i < 5000; ++i) raw.send(frame(TEXT, JSON.stringify({ type: 'attach', execution_id: id })));
  let most = 0;
  await until(async () => {
    most = Math.max(most, gateway.memory());
    return (await connections()) === 0;
  }, 'it is gone, since it did not read');
  assert.equal(gateway.api.requests.filter(({ target }) => target.includes(id)).length, 1);
  assert.ok(most - before < 100 << 20, `${most - before} bytes more`);

  // And who reads gets an answer to each.
  const reader = await open();
  for (let i = 0; i < 4; ++i) {
    reader.send(frame(TEXT, JSON.stringify({ type: 'attach', execution_id: id })));
    assert.equal((await reader.message()).type, 'started');
    assert.equal((await reader.message()).stdout.length, 12 << 20);
  }
});

test('who is gone while an answer is being written leaves nothing behind', async () => {
  const raw = await open();
  raw.socket.pause();
  const wrong = Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`${i}${'x'.repeat(58)}`, 1]));
  const message = frame(TEXT, JSON.stringify({ type: 'eof', ...wrong }));
  for (let i = 0; i < 4000; ++i) raw.send(message);
  await until(async () => (await connections()) === 0, 'it is gone, since it did not read');
});

test('a close is answered with its own code', async () => {
  for (const code of [1000, 1001, 3000, 4999]) {
    const raw = await open();
    raw.send(close_frame(code, 'bye'));
    assert.equal(await raw.close_code(), code);
    await raw.ended;
  }
  const raw = await open();
  raw.send(frame(CLOSE));
  assert.equal((await raw.frame()).opcode, CLOSE);
  await raw.ended;
});

test('pings are answered in order; a flood of them is closed with 1008', async () => {
  const raw = await open();
  for (let i = 0; i < 50; ++i) raw.send(frame(PING, String(i)));
  for (let i = 0; i < 50; ++i) {
    const pong = await raw.frame();
    assert.deepEqual([pong.opcode, pong.payload.toString()], [PONG, String(i)]);
  }
  await answers(raw);
  for (let i = 0; i < 500; ++i) raw.send(frame(PING, 'flood'));
  assert.equal(await raw.close_code(), 1008);
});

test('a client that is silent is pinged; it stays when it answers, and is gone when it does not', async () => {
  const [living, dead] = [await open(), await open()];
  for (let i = 0; i < 3; ++i) {
    const ping = await living.frame();
    assert.equal(ping.opcode, PING);
    living.send(frame(PONG, ping.payload));
  }
  await dead.ended;
  await answers(living);
});

test('a gateway that stood still gives up nobody whom it did not hear meanwhile', async () => {
  const [unasked, asked] = [await open(), await open()];
  const answer = async (raw) => {
    const ping = await raw.frame();
    assert.equal(ping.opcode, PING);
    raw.send(frame(PONG, ping.payload));
  };
  await Promise.all([answer(unasked), answer(asked)]);
  await asked.frame();  // its second ping
  await answer(unasked);
  await answers(unasked);  // so that nothing of it is unread
  gateway.child.kill('SIGSTOP');
  await new Promise((done) => setTimeout(done, 6000));  // longer than anybody may be silent
  gateway.child.kill('SIGCONT');
  // On a machine that stood still the answer is on its way.
  asked.send(frame(PONG, ''));
  await Promise.all([answer(unasked), answer(asked)]);
  await answers(asked);
  await answers(unasked);
});

test('a client that breaks off within a frame takes its run with it', async () => {
  const raw = await open();
  raw.send(frame(TEXT, '{"type":"run","language":"python","code":"1"}'));
  const { execution_id: id } = await raw.message();
  raw.send(frame(TEXT, '{"type":"stdin","data":"half').subarray(0, 20));
  await raw.destroy();
  await until(async () => (await gateway.sql(`select count(*) from queue where id = '${id}'`)) === '0', 'the run is cancelled');
});

test('a client that neither reads nor leaves is gone after its time, and its run with it', async () => {
  const raw = await open();
  raw.send(frame(TEXT, '{"type":"run","language":"python","code":"1"}'));
  const { execution_id: id } = await raw.message();
  raw.socket.pause();
  const piece = 'z'.repeat(16_000);
  for (let batch = 0; batch < 20; ++batch) await gateway.publish(id, Array.from({ length: 50 }, (_, i) => ({ id: batch * 50 + i + 1, data: piece })));
  await until(async () => (await gateway.sql(`select count(*) from queue where id = '${id}'`)) === '0', 'the run is cancelled');
});

test('a client that leaves while its input is stuck is noticed', async () => {
  const raw = await open();
  raw.send(frame(TEXT, '{"type":"run","language":"python","code":"1"}'));
  const { execution_id: id } = await raw.message();
  const line = frame(TEXT, JSON.stringify({ type: 'stdin', data: 'x'.repeat(200_000) }));
  for (let i = 0; i < 100; ++i) raw.send(line);
  await until(async () => Number(await gateway.sql(`select coalesce(sum(length(data)), 0) from live_input where execution_id = '${id}'`)) > 240_000, 'the queue fills');
  // A reset, since an orderly end waits behind what is not read.
  raw.socket.resetAndDestroy();
  await until(async () => (await gateway.sql(`select count(*) from queue where id = '${id}'`)) === '0', 'the run is cancelled');
});

test('a client whose input is stuck is pinged, and not given up for its silence', async () => {
  const raw = await open();
  raw.send(frame(TEXT, '{"type":"run","language":"python","code":"1"}'));
  const { execution_id: id } = await raw.message();
  const line = frame(TEXT, JSON.stringify({ type: 'stdin', data: 'x'.repeat(200_000) }));
  for (let i = 0; i < 2; ++i) raw.send(line);
  for (let i = 0; i < 5; ++i) {
    const ping = await raw.frame();
    assert.equal(ping.opcode, PING);
    raw.send(frame(PONG, ping.payload));
  }
  await gateway.take_input(id);
  await until(async () => Number(await gateway.sql(`select coalesce(sum(length(data)), 0) from live_input where execution_id = '${id}'`)) > 100_000, 'the rest');
  await answers(raw);
});

test('a web server that does not know its client is refused, on every path', async () => {
  for (const path of ['/api/v1/live', '/socket.io/?EIO=4&transport=polling', '/health', '/none']) {
    const raw = await connect();
    const { status, headers } = await raw.upgrade({ path, headers: { 'X-Real-IP': '' } });
    assert.deepEqual([status, headers['x-content-type-options']], [400, 'nosniff'], path);
    await raw.destroy();
  }
});

test('no answer is taken for another type than it says', async () => {
  for (const [options, status] of [[{}, 101], [{ path: '/none' }, 404], [{ path: '/health' }, 200], [{ path: '/socket.io/?EIO=3&transport=polling', headers: { Upgrade: undefined, Connection: undefined } }, 400]]) {
    const raw = await connect();
    const answer = await raw.upgrade(options);
    assert.deepEqual([answer.status, answer.headers['x-content-type-options']], [status, 'nosniff']);
    await raw.destroy();
  }
});

test('health counts the clients', async () => {
  await open();
  assert.deepEqual(await (await fetch(`http://127.0.0.1:${gateway.port}/health`)).json(), { status: 'UP', connections: 1, database: true });
});
