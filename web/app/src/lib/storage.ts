/// localStorage, where the browser allows it: a private window or a full disk loses what is kept across reloads,
/// not the page.

const kPrefix = 'runyard.';

export function read_stored(name: string): string | null {
  try {
    return localStorage.getItem(kPrefix + name);
  } catch {
    return null;
  }
}

/// False when it could not be kept.
export function write_stored(name: string, value: string | null): boolean {
  try {
    if (value === null) localStorage.removeItem(kPrefix + name);
    else localStorage.setItem(kPrefix + name, value);
    return true;
  } catch {
    return false;
  }
}

/// Forgets everything whose name begins like this.
export function forget_stored(start: string): void {
  try {
    const names = Array.from({ length: localStorage.length }, (_, index) => localStorage.key(index) ?? '');
    for (const name of names) if (name.startsWith(kPrefix + start)) localStorage.removeItem(name);
  } catch {
    // Nothing is kept then.
  }
}

export function read_stored_json(name: string): unknown {
  const text = read_stored(name);
  if (text === null) return null;
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

export function write_stored_json(name: string, value: unknown): boolean {
  return write_stored(name, JSON.stringify(value));
}
