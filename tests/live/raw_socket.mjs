// A WebSocket client that sends whatever bytes it is told to (RFC 6455).
import { createHash, randomBytes } from 'node:crypto';
import net from 'node:net';

export const CONTINUATION = 0, TEXT = 1, BINARY = 2, CLOSE = 8, PING = 9, PONG = 10;

/// One frame of a client. `mask: false` leaves out what a client must do; `length` lies about the payload's; `bits` are
/// the reserved ones.
export function frame(opcode, payload = '', { fin = true, mask = true, bits = 0, length, wide = 0 } = {}) {
  const bytes = Buffer.from(payload);
  const size = length ?? bytes.length;
  const head = [(fin ? 0x80 : 0) | (bits << 4) | opcode];
  const flag = mask ? 0x80 : 0;
  if (size < 126 && wide < 16) head.push(flag | size);
  else if (size < 65_536 && wide < 64) head.push(flag | 126, size >> 8, size & 255);
  else head.push(flag | 127, ...[7, 6, 5, 4, 3, 2, 1, 0].map((i) => Math.floor(size / 2 ** (8 * i)) & 255));
  if (!mask) return Buffer.concat([Buffer.from(head), bytes]);
  const key = randomBytes(4);
  return Buffer.concat([Buffer.from(head), key, Buffer.from(bytes.map((byte, i) => byte ^ key[i % 4]))]);
}

export function close_frame(code, reason = '') {
  const bytes = Buffer.alloc(2 + Buffer.byteLength(reason));
  bytes.writeUInt16BE(code);
  bytes.write(reason, 2);
  return frame(CLOSE, bytes);
}

export class RawSocket {
  /// Connected, nothing sent.
  static async connect(port) {
    const raw = new RawSocket();
    raw.bytes = Buffer.alloc(0);
    raw.waiters = new Set();
    raw.socket = net.connect(port, '127.0.0.1');
    raw.socket.on('data', (data) => { raw.bytes = Buffer.concat([raw.bytes, data]); raw.#look(); });
    raw.socket.on('error', () => {});
    raw.ended = new Promise((done) => { raw.socket.on('close', () => { raw.over = true; raw.#look(); done(); }); });
    await new Promise((done) => { raw.socket.on('connect', done); });
    return raw;
  }

  #look() { for (const waiter of [...this.waiters]) waiter(); }

  #until(take, what) {
    return new Promise((done, failed) => {
      const waiter = () => {
        const found = take();
        if (found === undefined && !this.over) return;
        this.waiters.delete(waiter);
        if (found === undefined) failed(new Error(`the connection ended before ${what}; left: ${this.bytes.toString('latin1').slice(0, 300)}`));
        else done(found);
      };
      this.waiters.add(waiter);
      waiter();
    });
  }

  send(...parts) { for (const part of parts) this.socket.write(part); }

  /// An upgrade; `headers` replace or (undefined) drop those of a right one. Answers {status, headers}.
  async upgrade({ path = '/api/v1/live', method = 'GET', version = 'HTTP/1.1', headers = {} } = {}) {
    const key = randomBytes(16).toString('base64');
    const all = { Host: 'localhost', Upgrade: 'websocket', Connection: 'Upgrade', 'Sec-WebSocket-Key': key, 'Sec-WebSocket-Version': '13', ...headers };
    const lines = Object.entries(all).filter(([, value]) => value !== undefined).map(([name, value]) => `${name}: ${value}`);
    this.send([`${method} ${path} ${version}`, ...lines, '', ''].join('\r\n'));
    const answer = await this.head();
    answer.accepted = answer.headers['sec-websocket-accept'] === createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
    return answer;
  }

  async head() {
    const text = await this.#until(() => {
      const end = this.bytes.indexOf('\r\n\r\n');
      if (end < 0) return undefined;
      const head = this.bytes.subarray(0, end).toString('latin1');
      this.bytes = this.bytes.subarray(end + 4);
      return head;
    }, 'the head of an answer');
    const [first, ...lines] = text.split('\r\n');
    const headers = Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]));
    return { status: Number(first.split(' ')[1]), headers };
  }

  /// The next frame of the server: {opcode, fin, payload, code}.
  frame() {
    return this.#until(() => {
      if (this.bytes.length < 2) return undefined;
      const [first, second] = this.bytes;
      if (second & 0x80) throw new Error('a server must not mask');
      let size = second & 127, at = 2;
      if (size === 126) {
        if (this.bytes.length < 4) return undefined;
        size = this.bytes.readUInt16BE(2);
        at = 4;
      } else if (size === 127) {
        if (this.bytes.length < 10) return undefined;
        size = Number(this.bytes.readBigUInt64BE(2));
        at = 10;
      }
      if (this.bytes.length < at + size) return undefined;
      const payload = this.bytes.subarray(at, at + size);
      this.bytes = this.bytes.subarray(at + size);
      const opcode = first & 15;
      return { opcode, fin: (first & 0x80) !== 0, payload, code: opcode === CLOSE && size >= 2 ? payload.readUInt16BE(0) : undefined };
    }, 'a frame');
  }

  /// The next message, its fragments together, as JSON.
  async message() {
    const parts = [];
    for (;;) {
      const part = await this.frame();
      if (part.opcode === PING || part.opcode === PONG) continue;
      if (part.opcode === CLOSE) throw new Error(`closed with ${part.code}`);
      parts.push(part.payload);
      if (part.fin) return JSON.parse(Buffer.concat(parts));
    }
  }

  /// The code of the server's close, whatever comes before it.
  async close_code() {
    for (;;) {
      const next = await this.frame();
      if (next.opcode === CLOSE) return next.code;
    }
  }

  destroy() { this.socket.destroy(); return this.ended; }
}
