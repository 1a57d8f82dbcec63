import { useEffect, useState } from 'preact/hooks';

/// A value that components follow. `set` tells all of them, unless it is the value that is there already.
export class Store<T> {
  private listeners = new Set<(value: T) => void>();

  constructor(private current: T) {}

  get value(): T {
    return this.current;
  }

  set(value: T): void {
    if (Object.is(value, this.current)) return;
    this.current = value;
    for (const listener of [...this.listeners]) listener(value);
  }

  update(change: (value: T) => T): void {
    this.set(change(this.current));
  }

  /// Returns what ends the subscription. The listener is not called for the present value.
  subscribe(listener: (value: T) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
}

/// The store's value; the component is drawn again when it changes.
export function use_store<T>(store: Store<T>): T {
  const [, redraw] = useState(0);
  useEffect(() => {
    const seen = store.value;
    const end = store.subscribe(() => redraw((count) => count + 1));
    // It may have changed between the drawing and this effect.
    redraw((count) => (Object.is(seen, store.value) ? count : count + 1));
    return end;
  }, [store]);
  return store.value;
}
