import { api } from '../api/client';
import { is_over, type Execution } from '../api/types';

/// Asks until the execution is over, with requests that the server answers as soon as it is. `on_change` gets each
/// state on the way. Throws as api.get does.
export async function await_end(id: string, signal: AbortSignal, on_change: (now: Execution) => void): Promise<Execution> {
  const path = `executions/${encodeURIComponent(id)}`;
  // What is there already is shown at once.
  let execution = await api.get<Execution>(path, { query: { view: 'full' }, signal });
  on_change(execution);
  while (!is_over(execution.status)) {
    const asked = Date.now();
    execution = await api.get<Execution>(path, { query: { view: 'full', wait: 20 }, signal });
    on_change(execution);
    // A server with too many who wait answers at once.
    if (!is_over(execution.status) && Date.now() - asked < 1000) await pause(1000, signal);
  }
  return execution;
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
