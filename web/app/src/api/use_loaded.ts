import { useCallback, useEffect, useState } from 'preact/hooks';

export type Loaded<T> =
  | { state: 'loading'; value: null; error: null }
  | { state: 'ready'; value: T; error: null }
  | { state: 'failed'; value: null; error: unknown };

/// Loads something when the component appears and whenever `inputs` change; what is under way then is aborted.
/// The second value loads it again; what was loaded stays shown meanwhile.
export function use_loaded<T>(load: (signal: AbortSignal) => Promise<T>, inputs: readonly unknown[]): [Loaded<T>, () => void] {
  const [loaded, set_loaded] = useState<Loaded<T>>({ state: 'loading', value: null, error: null });
  const [round, set_round] = useState(0);
  useEffect(() => set_loaded({ state: 'loading', value: null, error: null }), inputs);
  useEffect(() => {
    const abort = new AbortController();
    load(abort.signal).then(
      (value) => { if (!abort.signal.aborted) set_loaded({ state: 'ready', value, error: null }); },
      (error: unknown) => { if (!abort.signal.aborted) set_loaded({ state: 'failed', value: null, error }); },
    );
    return () => abort.abort();
  }, [...inputs, round]);
  const again = useCallback(() => {
    set_loaded((now) => (now.state === 'failed' ? { state: 'loading', value: null, error: null } : now));
    set_round((count) => count + 1);
  }, []);
  return [loaded, again];
}
