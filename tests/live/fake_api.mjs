// The API's place for a gateway under test: takes FastCGI requests on a unix socket and answers as the test says.
import net from 'node:net';

const END = 3, PARAMS = 4, STDIN = 5, STDOUT = 6;

function record(type, content) {
  const parts = [];
  for (let at = 0; at < content.length || parts.length === 0; at += 65_535) {
    const part = content.subarray(at, at + 65_535);
    parts.push(Buffer.from([1, type, 0, 1, part.length >> 8, part.length & 255, 0, 0]), part);
  }
  return Buffer.concat(parts);
}

function read_params(bytes) {
  const params = {};
  let at = 0;
  const length = () => {
    if (bytes[at] < 128) return bytes[at++];
    at += 4;
    return bytes.readUInt32BE(at - 4) & 0x7fffffff;
  };
  while (at < bytes.length) {
    const name = length(), value = length();
    params[bytes.toString('latin1', at, at + name)] = bytes.toString('utf8', at + name, at + name + value);
    at += name + value;
  }
  return params;
}

export class FakeApi {
  /// `answer(request)` gives {status, body, headers} (an object is sent as JSON), 'hang up' or 'be silent'; request:
  /// {method, target, params, body}.
  static listen(path, answer) {
    const api = new FakeApi();
    api.answer = answer;
    api.requests = [];
    api.server = net.createServer((socket) => api.#serve(socket));
    return new Promise((done) => { api.server.listen(path, () => done(api)); });
  }

  #serve(socket) {
    let pending = Buffer.alloc(0);
    const params = [], body = [];
    socket.on('error', () => {});
    socket.on('data', (data) => {
      pending = Buffer.concat([pending, data]);
      while (pending.length >= 8) {
        const size = pending.readUInt16BE(4), whole = 8 + size + pending[6];
        if (pending.length < whole) return;
        const type = pending[1], content = pending.subarray(8, 8 + size);
        pending = pending.subarray(whole);
        if (type === PARAMS) params.push(content);
        if (type === STDIN && size > 0) body.push(content);
        if (type === STDIN && size === 0) this.#reply(socket, read_params(Buffer.concat(params)), Buffer.concat(body).toString('utf8'));
      }
    });
  }

  async #reply(socket, params, body) {
    const request = { method: params.REQUEST_METHOD, target: params.REQUEST_URI, params, body };
    this.requests.push(request);
    const answer = await this.answer(request);
    if (answer === 'be silent') return;
    if (answer === 'hang up') { socket.destroy(); return; }
    const text = typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body);
    const type = answer.status < 400 ? 'application/json' : 'application/problem+json';
    const more = Object.entries(answer.headers ?? {}).map(([name, value]) => `${name}: ${value}\r\n`).join('');
    const head = `Status: ${answer.status} X\r\nContent-Type: ${type}\r\n${more}\r\n`;
    socket.end(Buffer.concat([record(STDOUT, Buffer.from(head + text)), record(STDOUT, Buffer.alloc(0)), record(END, Buffer.alloc(8))]));
  }

  close() { this.server.close(); }
}

export function problem(status, detail, errors = []) {
  return { status, body: { type: 'about:blank', title: 'X', status, detail, errors } };
}
