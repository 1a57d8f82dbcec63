// The unmodified client of Socket.IO, and what it has heard so far.
import { io } from 'socket.io-client';
import { url_of_stack } from '../contract/client.mjs';

export const FIRST_OUTPUT = '🚀 Starting execution...\n\n';

/// How a client may be told to connect; undefined is as the library does it by itself.
export const TRANSPORTS = { 'as it likes': undefined, 'by polling': ['polling'], 'by WebSocket': ['websocket'] };

export class InteractiveClient {
  /// Settles when the client is connected.
  static async open(options = {}) {
    const client = new InteractiveClient(options);
    await client.connected;
    return client;
  }

  constructor({ transports, path = '', ...options } = {}) {
    this.events = [];
    this.waiters = new Set();
    // Each client a connection of its own, and none that hides a loss by connecting again.
    this.socket = io(url_of_stack() + path, {
      ...(transports && { transports }), forceNew: true, reconnection: false, ...options,
    });
    this.connected = new Promise((done, failed) => {
      this.socket.once('connect', done);
      this.socket.once('connect_error', failed);
    });
    this.socket.onAny((name, data) => this.#heard({ name, data }));
    this.socket.on('disconnect', (reason) => this.#heard({ name: 'disconnect', data: reason }));
  }

  /// The first event, now or later, from the one with this number on, that `fits`.
  until(fits, from = 0) {
    const look = () => this.events.slice(from).find(fits);
    const found = look();
    if (found) return Promise.resolve(found);
    return new Promise((done, failed) => {
      const waiter = () => {
        const event = look();
        const lost = this.events.slice(from).find(({ name }) => name === 'disconnect');
        if (!event && !lost) return;
        this.waiters.delete(waiter);
        if (event) done(event);
        else failed(new Error(`disconnected (${lost.data}) after ${JSON.stringify(this.events)}`));
      };
      this.waiters.add(waiter);
    });
  }

  /// Until everything that was written holds this text.
  printed(text) { return this.until(() => this.output().includes(text)); }
  complete(executionId) {
    return this.until(({ name, data }) => name === 'execution-complete' && (!executionId || data.executionId === executionId));
  }

  /// Starts a program; its id, once it has one.
  async start(language, code) {
    const from = this.events.length;
    this.socket.emit('execute-interactive', { language, code });
    const { data } = await this.until(({ name }) => name === 'execution-start', from);
    return data.executionId;
  }

  type(executionId, data) { this.socket.emit('input', { data, executionId }); }

  /// Everything that came as output of one type, without the greeting.
  output(type) {
    return this.events.filter(({ name, data }) => name === 'output' && data.type === type && data.data !== FIRST_OUTPUT)
      .map(({ data }) => data.data).join('');
  }

  names() { return this.events.map(({ name }) => name); }
  close() { this.socket.disconnect(); }

  #heard(event) {
    this.events.push(event);
    for (const waiter of [...this.waiters]) waiter();
  }
}
