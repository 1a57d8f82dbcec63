/// An answer on its way: submitted once, and followed to its end.
import { api } from '../../api/client';
import type { Accepted, Execution, Submission } from '../../api/types';
import { await_end } from '../../lib/await_end';

export type Judging =
  | { state: 'idle' }
  | { state: 'running'; execution: Execution | null }
  | { state: 'over'; execution: Execution }
  | { state: 'failed'; error: unknown };

export class JudgeRun {
  private readonly abort = new AbortController();
  private id: string | null = null;
  private stopping = false;

  constructor(private readonly submission: Submission, private readonly show: (judging: Judging) => void) {
    this.go();
  }

  /// After a failure. What the server has already is not submitted a second time.
  again(): void {
    this.stopping = false;
    this.go();
  }

  /// Ends the program, as soon as it is known which it is.
  stop(): void {
    this.stopping = true;
    if (this.id !== null) this.cancel(this.id);
  }

  /// Nothing more is shown; the program goes on, and stays in the history.
  let_go(): void {
    this.abort.abort();
  }

  private go(): void {
    this.tell({ state: 'running', execution: null });
    this.follow().then(
      (execution) => this.tell({ state: 'over', execution }),
      (error: unknown) => this.tell({ state: 'failed', error }),
    );
  }

  private async follow(): Promise<Execution> {
    const { signal } = this.abort;
    if (this.id === null) {
      this.id = (await api.post<Accepted>('executions', this.submission, { signal })).execution_id;
      if (this.stopping) this.cancel(this.id);
    }
    return await_end(this.id, signal, (execution) => this.tell({ state: 'running', execution }));
  }

  private cancel(id: string): void {
    // Over by now is as good as cancelled; anything else the following tells.
    api.post(`executions/${encodeURIComponent(id)}/cancel`).catch(() => undefined);
  }

  private tell(judging: Judging): void {
    if (!this.abort.signal.aborted) this.show(judging);
  }
}
