// The HTTP side of Socket.IO, byte by byte: what clients that do not follow the protocol are told.
import assert from 'node:assert/strict';
import http from 'node:http';
import { afterEach, test } from 'node:test';
import { WebSocket } from 'ws';
import { close_connections, send, url_of_stack } from '../contract/client.mjs';

const OPEN = '/socket.io/?EIO=4&transport=polling';
const RS = '\x1e';
const of = (sid) => `${OPEN}&sid=${sid}`;
const get = (path, headers) => send({ method: 'GET', path, headers });
const post = (path, body, headers) => send({ method: 'POST', path, body, headers: { 'Content-Type': 'text/plain;charset=UTF-8', ...headers } });

async function open() {
  const answer = await get(OPEN);
  assert.equal(answer.status, 200);
  return JSON.parse(answer.body.slice(1)).sid;
}

/// A session in the main namespace.
async function join() {
  const sid = await open();
  assert.equal((await post(of(sid), '40')).body, 'ok');
  assert.match((await get(of(sid))).body, /^40\{"sid":"[^"]+"\}$/);
  return sid;
}

function refused(answer, code) {
  const messages = ['Transport unknown', 'Session ID unknown', 'Bad handshake method', 'Bad request', 'Forbidden', 'Unsupported protocol version'];
  assert.equal(answer.status, code === 4 ? 403 : 400);
  assert.deepEqual(answer.json(), { code, message: messages[code] });
  assert.match(answer.headers['content-type'], /^application\/json/);
}

const sockets = [];
function socket_to(path, options) {
  const socket = new WebSocket(url_of_stack().replace(/^http/, 'ws') + path, options);
  const messages = [];
  const waiters = [];
  socket.on('message', (data, binary) => {
    const waiter = waiters.shift();
    const message = binary ? data : data.toString();
    if (waiter) waiter(message);
    else messages.push(message);
  });
  const closed = new Promise((done) => { socket.on('close', done); });
  socket.on('error', () => {});
  sockets.push(socket);
  const opened = new Promise((done, failed) => { socket.on('open', done); socket.on('error', failed); });
  opened.catch(() => {});
  return {
    send: (text) => socket.send(text),
    next: () => (messages.length ? Promise.resolve(messages.shift()) : new Promise((done) => { waiters.push(done); })),
    opened,
    refused: new Promise((done) => { socket.on('unexpected-response', (_, response) => done(response.statusCode)); }),
    closed,
  };
}

afterEach(() => {
  while (sockets.length) sockets.pop().terminate();
  close_connections();
});

test('the handshake says how the session goes', async () => {
  const answer = await get(OPEN);
  assert.equal(answer.status, 200);
  assert.match(answer.headers['content-type'], /^text\/plain; charset=UTF-8/i);
  assert.equal(answer.headers['cache-control'], 'no-store');
  const { sid, ...rest } = JSON.parse(answer.body.slice(1));
  assert.equal(answer.body[0], '0');
  assert.deepEqual(rest, { upgrades: ['websocket'], pingInterval: 25000, pingTimeout: 20000, maxPayload: 1000000 });
  // 128 bits.
  assert.match(sid, /^[0-9a-f]{32}$/);
  assert.notEqual(await open(), sid);
});

test('what is no handshake is refused by its number', async () => {
  refused(await get('/socket.io/?EIO=3&transport=polling'), 5);
  refused(await get('/socket.io/?transport=polling'), 5);
  refused(await get('/socket.io/?EIO=abc&transport=polling'), 5);
  refused(await get('/socket.io/?EIO=4'), 0);
  refused(await get('/socket.io/'), 0);
  refused(await get('/socket.io/?EIO=4&transport=carrier-pigeon'), 0);
  refused(await get('/socket.io/?EIO=4&transport=websocket'), 3);
  refused(await post(OPEN, '40'), 2);
  for (const method of ['PUT', 'DELETE', 'PATCH']) refused(await send({ method, path: OPEN }), 2);
  refused(await get(of('0'.repeat(32))), 1);
  refused(await post(of('x'), '40'), 1);
  const sid = await open();
  refused(await send({ method: 'PUT', path: of(sid), body: '40' }), 3);
  refused(await get(`/socket.io/?EIO=4&transport=websocket&sid=${sid}`), 3);
  assert.equal((await post(of(sid), '40')).body, 'ok');
});

test('a GET is held until there is something', async () => {
  const sid = await join();
  const held = get(of(sid));
  await post(of(sid), '42["execute-interactive",{}]');
  const { body } = await held;
  assert.equal(body.split(RS)[0], '42["error",{"message":"Language and code are required"}]');
});

test('one POST may hold several packets', async () => {
  const sid = await open();
  assert.equal((await post(of(sid), ['40', '421["execute-interactive"]', '3', '422["input",{}]'].join(RS))).body, 'ok');
  const packets = (await get(of(sid))).body.split(RS);
  assert.match(packets[0], /^40\{/);
  assert.deepEqual(packets.slice(1).map((packet) => packet.slice(0, 3)), ['431', '42[', '42[', '432']);
});

test('two GETs at once close the session', async () => {
  const sid = await join();
  const first = get(of(sid));
  const second = get(of(sid));
  // Either may be the first to arrive.
  const answers = await Promise.all([first, second]);
  assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 400]);
  assert.equal(answers.find(({ status }) => status === 200).body, '1');
  refused(await get(of(sid)), 1);
});

test('what is no packet closes the session', async () => {
  const not_packets = ['', 'abc', '4\xff', '7', '40\x1e', `40${RS}${RS}42`, 'b*', Buffer.from([0x34, 0xff, 0xfe])];
  for (const body of not_packets) {
    const sid = await join();
    const answer = await post(of(sid), Buffer.isBuffer(body) ? body : Buffer.from(body, 'latin1'));
    refused(answer, 3);
    refused(await get(of(sid)), 1);
  }
});

test('what is no Socket.IO packet closes the session', async () => {
  for (const body of ['4', '4abc', '42', '42{}', '42[]', '48', '40', '44{}', '42/admin,["x"]', '451-["x"]\x1e42["x"]', 'bAQ==', '42["x"']) {
    const sid = await join();
    await post(of(sid), body);
    refused(await get(of(sid)), 1);
  }
});

test('nothing that is posted is answered by a failure of the server', async () => {
  // A plain generator with a fixed start: the same bytes each time.
  let state = 12345;
  const random = (below) => { state = (state * 1103515245 + 12345) % 2147483648; return Math.floor(state / 65536) % below; };
  const pieces = ['40', '42["input",{', '"data":"x"', '}]', RS, 'b', '451-', '/', ',', '[', ']', '3', '2', '1', '\0', 'ü', '"', '0{"token":1}', '42["execute-interactive",{"language":"x"}]'];
  for (let i = 0; i < 200; ++i) {
    const sid = await open();
    const body = Array.from({ length: 1 + random(8) }, () => pieces[random(pieces.length)]).join('');
    const answer = await post(of(sid), body);
    assert.ok([200, 400].includes(answer.status), `${answer.status} for ${JSON.stringify(body)}`);
    await post(of(sid), '1');
  }
});

test('a POST beyond a megabyte is refused, the session goes on', async () => {
  const sid = await join();
  const answer = await post(of(sid), `4${'x'.repeat(1_000_000)}`);
  assert.equal(answer.status, 413);
  assert.equal((await post(of(sid), '42["x"]')).body, 'ok');
  assert.equal((await post(of(sid), `42["${'x'.repeat(999_000)}"]`)).body, 'ok');
});

test('a client closes its session by a packet', async () => {
  const sid = await join();
  const held = get(of(sid));
  assert.equal((await post(of(sid), '1')).body, 'ok');
  const answer = await held;
  // The POST may arrive before the GET.
  assert.ok(answer.body === '6' || answer.status === 400);
  refused(await get(of(sid)), 1);
});

test('a client that hangs up while it polls has left', async () => {
  const sid = await join();
  await post(of(sid), '42["execute-interactive",{"language":"python","code":"print(1)\\nwhile True: pass"}]');
  let text = '';
  while (!text.includes('"data":"1')) text += (await get(of(sid))).body;
  const id = text.match(/"executionId":"([^"]+)"/)[1];
  const base = new URL(url_of_stack());
  // Nginx passes nothing on of one that hangs up at once, so more than one may be needed.
  for (let status = 'RUNNING'; status !== 'CANCELLED';) {
    assert.equal(status, 'RUNNING');
    const request = http.get({ host: base.hostname, port: base.port, path: of(sid), agent: false });
    request.on('error', () => {});
    await new Promise((done) => { request.on('socket', (socket) => socket.on('connect', () => setImmediate(done))); });
    await get('/socket.io/');
    request.destroy();
    ({ status } = (await get(`/api/v1/executions/${id}?wait=2`)).json());
  }
});

test('a client over WebSocket alone gets its handshake there', async () => {
  const socket = socket_to('/socket.io/?EIO=4&transport=websocket');
  const handshake = JSON.parse((await socket.next()).slice(1));
  assert.deepEqual(handshake.upgrades, []);
  // Its session is of no use to polling.
  refused(await get(of(handshake.sid)), 3);
  socket.send('40');
  assert.match(await socket.next(), /^40\{/);
  socket.send('1');
  await socket.closed;
  refused(await get(of(handshake.sid)), 1);
});

test('a WebSocket that does not follow the protocol is closed', async () => {
  for (const message of ['abc', '', 'bAQ==', '2', '4abc', Buffer.from([1, 2, 3]), `4${'x'.repeat(1_000_000)}`]) {
    const socket = socket_to('/socket.io/?EIO=4&transport=websocket');
    await socket.next();
    socket.send(message);
    await socket.closed;
  }
});

test('a WebSocket handshake that is none is refused', async () => {
  for (const path of ['/socket.io/?EIO=3&transport=websocket', '/socket.io/?transport=websocket', '/socket.io/?EIO=4&transport=polling',
    '/socket.io/?EIO=4&transport=abc', `/socket.io/?EIO=4&transport=websocket&sid=${'0'.repeat(32)}`])
    assert.equal(await socket_to(path).refused, 400);
});

test('a change to WebSocket: the old transport is over, a second change is refused', async () => {
  const sid = await join();
  const socket = socket_to(`/socket.io/?EIO=4&transport=websocket&sid=${sid}`);
  await socket.opened;
  const held = get(of(sid));
  socket.send('2probe');
  assert.equal(await socket.next(), '3probe');
  // The client waits for its GET.
  assert.equal((await held).body, '6');
  socket.send('5');
  socket.send('421["execute-interactive",{}]');
  assert.match(await socket.next(), /^431\[/);
  refused(await get(of(sid)), 3);
  refused(await post(of(sid), '42["x"]'), 3);
  const second = socket_to(`/socket.io/?EIO=4&transport=websocket&sid=${sid}`);
  await second.closed;
  assert.match(await socket.next(), /^42\["error"/);
  assert.match(await socket.next(), /^42\["execution-complete"/);
  socket.send('422["execute-interactive",{}]');
  assert.match(await socket.next(), /^432\[/);
});

test('a change to WebSocket that fails leaves polling as it was', async () => {
  const sid = await join();
  for (const message of ['5', 'abc', '42["x"]', '2']) {
    const socket = socket_to(`/socket.io/?EIO=4&transport=websocket&sid=${sid}`);
    await socket.opened;
    socket.send(message);
    await socket.closed;
  }
  const held = get(of(sid));
  await post(of(sid), '421["execute-interactive",{}]');
  assert.match((await held).body, /^431\[/);
});

test('pages of other origins are refused, those of this one may read the answers', async () => {
  refused(await get(OPEN, { Origin: 'https://elsewhere.example' }), 4);
  refused(await get(OPEN, { Origin: 'null' }), 4);
  const foreign = socket_to('/socket.io/?EIO=4&transport=websocket', { origin: 'https://elsewhere.example' });
  assert.equal(await foreign.refused, 403);
  const { origin, hostname } = new URL(url_of_stack());
  refused(await get(OPEN, { Origin: `http://${hostname}:5173` }), 4);
  // An image of another page has no origin; the session would be opened all the same.
  refused(await get(OPEN, { 'Sec-Fetch-Site': 'cross-site' }), 4);
  const answer = await get(OPEN, { Origin: origin });
  assert.equal(answer.status, 200);
  assert.equal(answer.headers['access-control-allow-origin'], origin);
  assert.equal(answer.headers['access-control-allow-credentials'], 'true');
  assert.match(answer.headers.vary, /Origin/);
  const preflight = await send({ method: 'OPTIONS', path: OPEN, headers: { Origin: origin, 'Access-Control-Request-Method': 'POST' } });
  assert.equal(preflight.status, 204);
  assert.equal(preflight.headers['access-control-allow-origin'], origin);
  assert.match(preflight.headers['access-control-allow-methods'], /POST/);
  const error = await get('/socket.io/?EIO=3&transport=polling', { Origin: origin });
  assert.equal(error.headers['access-control-allow-origin'], origin);
});

test('the server pings, on both transports', async () => {
  const sid = await join();
  const socket = socket_to('/socket.io/?EIO=4&transport=websocket');
  await socket.next();
  socket.send('40');
  await socket.next();
  const [poll, frame] = await Promise.all([get(of(sid)), socket.next()]);
  assert.equal(poll.body, '2');
  assert.equal(frame, '2');
  assert.equal((await post(of(sid), '3')).body, 'ok');
  socket.send('3');
  socket.send('421["execute-interactive",{}]');
  assert.match(await socket.next(), /^431\[/);
});
