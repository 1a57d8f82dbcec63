import { useCallback, useEffect, useRef, useState } from 'preact/hooks';

export interface Page<T> {
  items: T[];
  next_cursor: string | null;
}

export interface Paged<T> {
  items: T[] | null;
  /// Whether there are more.
  more: boolean;
  /// Of the last request; what was loaded before stays.
  error: unknown;
  loading: boolean;
  load_more: () => void;
  /// From the first page on.
  reload: () => void;
  /// The last request again.
  retry: () => void;
  remove: (wanted: (item: T) => boolean) => void;
}

/// A list that comes page by page; anew whenever `key` changes.
export function use_paged<T>(load: (cursor: string | null, signal: AbortSignal) => Promise<Page<T>>, key: string): Paged<T> {
  const [items, set_items] = useState<T[] | null>(null);
  const [cursor, set_cursor] = useState<string | null>(null);
  const [error, set_error] = useState<unknown>(null);
  const [loading, set_loading] = useState(true);
  const abort = useRef<AbortController | null>(null);
  const last = useRef<string | null>(null);
  const ask = useRef(load);
  ask.current = load;

  const fetch_page = useCallback(async (from: string | null) => {
    abort.current?.abort();
    const mine = new AbortController();
    abort.current = mine;
    last.current = from;
    set_loading(true);
    set_error(null);
    try {
      const page = await ask.current(from, mine.signal);
      if (mine.signal.aborted) return;
      set_items((known) => (from === null || known === null ? page.items : [...known, ...page.items]));
      set_cursor(page.next_cursor);
    } catch (reason) {
      if (mine.signal.aborted) return;
      set_error(reason);
    }
    set_loading(false);
  }, []);

  useEffect(() => {
    set_items(null);
    set_cursor(null);
    void fetch_page(null);
    return () => abort.current?.abort();
  }, [key]);

  return {
    items, more: cursor !== null, error, loading,
    load_more: () => void fetch_page(cursor),
    reload: () => void fetch_page(null),
    retry: () => void fetch_page(last.current),
    remove: (wanted) => set_items((known) => known?.filter((item) => !wanted(item)) ?? null),
  };
}
