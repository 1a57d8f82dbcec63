import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { api } from '../../api/client';
import type { Accepted, Execution, Submission } from '../../api/types';
import { await_end } from '../../lib/await_end';

export type Judging =
  | { state: 'idle' }
  | { state: 'running'; execution: Execution | null }
  | { state: 'over'; execution: Execution }
  | { state: 'failed'; error: unknown };

export interface Judge {
  judging: Judging;
  submit: (submission: Submission) => void;
  /// Stops the program, if it is still running.
  cancel: () => void;
}

/// Submits an answer and follows it to its end. Another answer, or leaving the page, lets go of the one before; it
/// stays in the history.
export function use_judge(): Judge {
  const [judging, set_judging] = useState<Judging>({ state: 'idle' });
  const abort = useRef<AbortController | null>(null);
  const running = useRef<string | null>(null);
  useEffect(() => () => abort.current?.abort(), []);

  const submit = useCallback((submission: Submission) => {
    abort.current?.abort();
    const mine = new AbortController();
    abort.current = mine;
    running.current = null;
    set_judging({ state: 'running', execution: null });
    const follow = async () => {
      const { execution_id } = await api.post<Accepted>('executions', submission, { signal: mine.signal });
      running.current = execution_id;
      return await_end(execution_id, mine.signal, (execution) => {
        if (!mine.signal.aborted) set_judging({ state: 'running', execution });
      });
    };
    follow().then(
      (execution) => { if (!mine.signal.aborted) set_judging({ state: 'over', execution }); },
      (error: unknown) => { if (!mine.signal.aborted) set_judging({ state: 'failed', error }); },
    );
  }, []);

  const cancel = useCallback(() => {
    if (running.current === null) return;
    // Over by now is as good as cancelled; anything else the following tells.
    api.post(`executions/${encodeURIComponent(running.current)}/cancel`).catch(() => undefined);
  }, []);
  return { judging, submit, cancel };
}
