// A client of /api/v1/live, with what it has heard so far.
import { WebSocket } from 'ws';

export class LiveClient {
  /// Settles when it is connected; fails with the refusal's status in `status` and its body in `body`.
  static async open(url, options = {}) {
    const client = new LiveClient(url, options);
    await client.opened;
    return client;
  }

  constructor(url, options) {
    this.messages = [];
    this.waiters = new Set();
    this.socket = new WebSocket(url, options);
    this.socket.on('message', (data, binary) => {
      if (binary) throw new Error('a binary message');
      this.messages.push(JSON.parse(data));
      this.#look();
    });
    this.closed = new Promise((done) => {
      this.socket.on('close', (code, reason) => {
        this.end = { code, reason: reason.toString() };
        this.#look();
        done(this.end);
      });
    });
    this.opened = new Promise((done, failed) => {
      this.socket.on('open', done);
      this.socket.on('error', failed);
      this.socket.on('unexpected-response', (_, response) => {
        let body = '';
        response.on('data', (part) => { body += part; });
        response.on('end', () => failed(Object.assign(new Error(`HTTP ${response.statusCode}`), { status: response.statusCode, body, headers: response.headers })));
      });
    });
    this.opened.catch(() => {});
  }

  #look() { for (const waiter of [...this.waiters]) waiter(); }

  send(message) { this.socket.send(typeof message === 'string' ? message : JSON.stringify(message)); }

  /// The first message from number `from` on that `fits`.
  until(fits, from = 0) {
    return new Promise((done, failed) => {
      const waiter = () => {
        const found = this.messages.slice(from).find(fits);
        if (!found && !this.end) return;
        this.waiters.delete(waiter);
        if (found) done(found);
        else failed(new Error(`closed (${this.end.code} ${this.end.reason}) after ${JSON.stringify(this.messages).slice(0, 2000)}`));
      };
      this.waiters.add(waiter);
      waiter();
    });
  }

  of(type, from = 0) { return this.until((message) => message.type === type, from); }

  /// Sends a message and gives the error that answers it.
  async refused(message) {
    const from = this.messages.length;
    this.send(message);
    return this.of('error', from);
  }

  text(stream = 'stdout') {
    return this.messages.filter((message) => message.type === 'output' && message.stream === stream).map(({ data }) => data).join('');
  }
  printed(text, stream) { return this.until(() => this.text(stream).includes(text)); }

  /// Starts a run; its id.
  async run(submission) {
    const from = this.messages.length;
    this.send({ type: 'run', ...submission });
    const answer = await this.until(({ type }) => type === 'started' || type === 'error', from);
    if (answer.type === 'error') throw new Error(JSON.stringify(answer));
    return answer.execution_id;
  }

  close() { this.socket.terminate(); return this.closed; }
}
