import { live_url } from '../api/base';
import { api, ask_to_sign_in } from '../api/client';
import { ApiError, OfflineError, parse_problem } from '../api/errors';
import { token } from '../api/session';
import type { Execution, Submission } from '../api/types';
import { retry_delay } from '../lib/retry';
import { finished } from './follow_events';
import type { RunSink } from './run_sink';

/// One message of typed text: a long paste is several.
const kPiece = 16_384;

interface Message {
  type: string;
  execution_id?: string;
  stage?: string;
  attempt?: number;
  stream?: string;
  data?: string;
  id?: number;
  status?: unknown;
}

/// A run that can be typed into. The connection may be lost and is made again: the run is detached from it, and
/// attached again from the last event that was seen.
export class LiveSocket {
  private socket: WebSocket | null = null;
  private execution_id: string | null = null;
  private last = 0;
  private failures = 0;
  private lost = false;
  private over = false;
  private timer: ReturnType<typeof setTimeout> | null = null;

  constructor(
    private readonly submission: Submission,
    private size: { cols: number; rows: number },
    private readonly sink: RunSink,
  ) {
    this.connect();
  }

  /// False while there is no connection: what was typed is not kept for later.
  type(text: string): boolean {
    if (!this.connected()) return false;
    for (let at = 0; at < text.length;) {
      let end = Math.min(at + kPiece, text.length);
      // No character is cut in two.
      const code = text.charCodeAt(end - 1);
      if (end < text.length && code >= 0xd800 && code <= 0xdbff) --end;
      this.tell({ type: 'stdin', data: text.slice(at, end) });
      at = end;
    }
    return true;
  }

  resize(cols: number, rows: number): void {
    if (cols === this.size.cols && rows === this.size.rows) return;
    this.size = { cols, rows };
    if (this.connected()) this.tell({ type: 'resize', cols, rows });
  }

  close(): void {
    this.over = true;
    if (this.timer !== null) clearTimeout(this.timer);
    this.socket?.close();
  }

  /// The page wants nothing more of the run: it is ended, as soon as it is known which it is. Nothing is told any more.
  abandon(): void {
    if (this.over) return;
    if (this.execution_id !== null || this.socket?.readyState !== WebSocket.OPEN) {
      this.close();
      if (this.execution_id !== null) cancel_unseen(this.execution_id);
      return;
    }
    this.over = true;
    this.socket.onmessage = (event) => {
      const { type, execution_id } = JSON.parse(String(event.data)) as Message;
      if (type !== 'started' && type !== 'error') return;
      if (execution_id !== undefined) cancel_unseen(execution_id);
      this.socket?.close();
    };
  }

  private connected(): boolean {
    return !this.over && this.execution_id !== null && this.socket?.readyState === WebSocket.OPEN;
  }

  private tell(message: object): void {
    this.socket?.send(JSON.stringify(message));
  }

  private connect(): void {
    this.timer = null;
    const socket = new WebSocket(live_url(document.baseURI));
    this.socket = socket;
    socket.onopen = () => {
      if (token.value !== null) this.tell({ type: 'auth', token: token.value });
      if (this.execution_id === null) this.tell({ type: 'run', ...this.submission, tty: true, ...this.size, detach: true });
      else this.tell({ type: 'attach', execution_id: this.execution_id, from: this.last });
    };
    socket.onmessage = (event) => { if (!this.over && typeof event.data === 'string') this.hear(JSON.parse(event.data) as Message); };
    socket.onclose = () => this.closed();
  }

  private hear(message: Message): void {
    if (typeof message.id === 'number') {
      if (message.type === 'output' && message.id <= this.last) return;
      this.last = Math.max(this.last, message.id);
    }
    switch (message.type) {
      case 'started':
        this.failures = 0;
        if (this.lost) this.sink.on_restored();
        this.lost = false;
        if (this.execution_id !== null) break;
        this.execution_id = message.execution_id ?? '';
        this.sink.on_started(this.execution_id);
        break;
      case 'stage':
        this.sink.on_stage(message.stage === 'compile' ? 'compile' : 'run', message.attempt ?? 1);
        break;
      case 'output':
        this.sink.on_output(message.stream === 'stderr' ? 'stderr' : 'stdout', message.data ?? '');
        break;
      case 'exit': {
        // The rest of the message is the execution.
        const { type: _, id: __, ...execution } = message;
        this.end(() => this.sink.on_end(execution as unknown as Execution));
        break;
      }
      case 'error':
        this.refused(message);
        break;
    }
  }

  private refused(message: Message): void {
    const status = typeof message.status === 'number' ? message.status : 500;
    const error = new ApiError(status, parse_problem(status, message));
    if (status === 401) ask_to_sign_in();
    if (this.execution_id === null) this.end(() => this.sink.on_error(error));
    // Being attached again: what can come right (503) is tried again after the connection's end.
    else if (this.lost && status < 500 && status !== 429) void this.ask_for_end(error);
    else if (this.lost) this.socket?.close();
    else this.sink.on_notice(error.message);
  }

  private async ask_for_end(error: unknown): Promise<void> {
    const execution = this.execution_id === null ? null : await finished(this.execution_id).catch(() => null);
    this.end(() => (execution === null ? this.sink.on_error(error) : this.sink.on_end(execution)));
  }

  private closed(): void {
    if (this.over) return;
    if (this.execution_id === null) {
      this.end(() => this.sink.on_error(new OfflineError()));
      return;
    }
    if (!this.lost) this.sink.on_lost();
    this.lost = true;
    this.timer = setTimeout(() => this.connect(), retry_delay(this.failures++));
  }

  private end(tell: () => void): void {
    if (this.over) return;
    this.close();
    tell();
  }
}

/// Ends a run that nobody looks at any more; the request outlives the page.
export function cancel_unseen(id: string): void {
  void api.post(`executions/${encodeURIComponent(id)}/cancel`, undefined, { keepalive: true, expect_401: true }).catch(() => undefined);
}
