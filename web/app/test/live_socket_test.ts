import { answer_with, asked, page, until } from './page_globals';
import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { sign_in_notice } from '../src/api/session';
import { LiveSocket } from '../src/run/live_socket';
import type { RunSink } from '../src/run/run_sink';

class FakeSocket {
  static readonly OPEN = 1;
  readyState = 0;
  onopen: () => void = () => undefined;
  onmessage: (event: { data: string }) => void = () => undefined;
  onclose: () => void = () => undefined;
  sent: { type: string }[] = [];

  constructor() {
    sockets.push(this);
  }
  send(text: string): void {
    this.sent.push(JSON.parse(text) as { type: string });
  }
  close(): void {
    this.readyState = 3;
  }
  open(): void {
    this.readyState = FakeSocket.OPEN;
    this.onopen();
  }
  say(message: object): void {
    this.onmessage({ data: JSON.stringify(message) });
  }
}
const sockets: FakeSocket[] = [];
Object.defineProperty(globalThis, 'WebSocket', { value: FakeSocket });

const told: string[] = [];
const sink = new Proxy({}, { get: (_, name) => (what: unknown) => { told.push(`${String(name)} ${(what as Error | undefined)?.message ?? String(what)}`); } }) as RunSink;

function begin(): { run: LiveSocket; socket: FakeSocket } {
  const run = new LiveSocket({ language: 'python', code: '1' }, { cols: 80, rows: 24 }, sink);
  const socket = sockets.at(-1);
  assert.ok(socket);
  return { run, socket };
}

beforeEach(() => {
  told.length = 0;
  page.hash = '';
  answer_with(() => ({ status: 200, body: {} }));
});

test('credentials that are no longer good lead to the account view', () => {
  const { socket } = begin();
  socket.open();
  socket.say({ type: 'error', status: 401, message: 'no' });
  assert.equal(page.hash, '#/account');
  assert.notEqual(sign_in_notice.value, null);
  assert.deepEqual(told, ['on_error no']);
});

test('a run that is abandoned before its id is known is cancelled once it is', async () => {
  const { run, socket } = begin();
  socket.open();
  run.abandon();
  assert.equal(socket.readyState, FakeSocket.OPEN);
  socket.say({ type: 'started', execution_id: 'x' });
  await until(() => asked.length > 0);
  assert.deepEqual(asked.map(({ method, path }) => `${method} ${path}`), ['POST executions/x/cancel']);
  assert.equal(socket.readyState, 3);
  assert.deepEqual(told, []);
});

test('one whose id is known is cancelled at once, one that was never sent is not sent', async () => {
  const { run, socket } = begin();
  socket.open();
  socket.say({ type: 'started', execution_id: 'x' });
  run.abandon();
  await until(() => asked.length > 0);
  assert.equal(socket.readyState, 3);
  const other = begin();
  other.run.abandon();
  assert.equal(other.socket.readyState, 3);
  assert.deepEqual(other.socket.sent, []);
  assert.equal(asked.length, 1);
});
