import { api } from '../api/client';
import { ApiError } from '../api/errors';
import { is_over, type Execution } from '../api/types';
import { may_come_right, retry_delay } from './retry';

/// Asks until the execution is over, with requests that the server answers as soon as it is. `on_change` gets each
/// state on the way. A server that is away is asked until it is there again; throws what api.get does for anything that
/// asking again does not change.
export async function await_end(id: string, signal: AbortSignal, on_change: (now: Execution) => void): Promise<Execution> {
  const path = `executions/${encodeURIComponent(id)}`;
  let known: Execution['status'] | undefined;
  let failures = 0;
  for (;;) {
    const asked = Date.now();
    let execution: Execution;
    try {
      // What is there already is shown at once. The server waits for the end, so that what stands in the queue is asked
      // for more often: it is to be seen when it begins.
      const wait = known === undefined ? undefined : known === 'QUEUED' ? 2 : 20;
      execution = await api.get<Execution>(path, { query: { view: 'full', wait }, signal });
    } catch (error) {
      if (signal.aborted || !may_come_right(error)) throw error;
      const wished = error instanceof ApiError ? (error.retry_after ?? 0) * 1000 : 0;
      await pause(Math.max(retry_delay(failures++), wished), signal);
      continue;
    }
    on_change(execution);
    if (is_over(execution.status)) return execution;
    // A server with too many who wait answers at once.
    if (known !== undefined && Date.now() - asked < 1000) await pause(1000, signal);
    known = execution.status;
    failures = 0;
  }
}

export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    }, ms);
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
}
