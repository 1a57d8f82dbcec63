/// What modules find in a browser, for those that are tested without one. Import it before them.

class MemoryStorage {
  private readonly items = new Map<string, string>();
  /// Characters in all; more is refused as a full disk is.
  most = Number.POSITIVE_INFINITY;

  get length(): number {
    return this.items.size;
  }
  key(index: number): string | null {
    return [...this.items.keys()][index] ?? null;
  }
  getItem(name: string): string | null {
    return this.items.get(name) ?? null;
  }
  setItem(name: string, value: string): void {
    if (value.length > this.most) throw new Error('full');
    this.items.set(name, value);
  }
  removeItem(name: string): void {
    this.items.delete(name);
  }
}

const events = new EventTarget();
export const local = new MemoryStorage();
export const page = { hash: '' };

export interface Asked {
  method: string;
  path: string;
  body: unknown;
}
export const asked: Asked[] = [];

type Answer = { status: number; body?: unknown } | 'offline';
let answer: (one: Asked) => Answer | Promise<Answer> = () => ({ status: 200, body: {} });

/// Who answers requests from now on; those to `health` are always answered.
export function answer_with(by: typeof answer): void {
  asked.length = 0;
  answer = by;
}

/// Once this holds.
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resume) => setTimeout(resume, 5));
}

const globals: Record<string, unknown> = {
  localStorage: local,
  location: page,
  navigator: { onLine: true },
  document: { baseURI: 'http://stack.example/' },
  addEventListener: events.addEventListener.bind(events),
  removeEventListener: events.removeEventListener.bind(events),
  dispatchEvent: events.dispatchEvent.bind(events),
  fetch: async (url: string, { method = 'GET', body }: { method?: string; body?: string } = {}) => {
    const path = url.replace('http://stack.example/api/v1/', '');
    if (path === 'health') return new Response('{}');
    const one = { method, path, body: body === undefined ? undefined : JSON.parse(body) as unknown };
    asked.push(one);
    const given = await answer(one);
    if (given === 'offline') throw new TypeError('fetch failed');
    return new Response(given.status === 204 ? null : JSON.stringify(given.body ?? {}), { status: given.status });
  },
};
for (const [name, value] of Object.entries(globals)) Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
