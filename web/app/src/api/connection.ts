import { Store } from '../lib/store';
import { api_url } from './base';

/// Whether the last request reached the server.
export const reachable = new Store<boolean>(navigator.onLine);

const kRetryMs = 3000;
let timer: ReturnType<typeof setTimeout> | null = null;

async function try_again(): Promise<void> {
  timer = null;
  try {
    // Any answer at all: the server, or the one before it, is there again.
    await fetch(api_url(document.baseURI, 'health'), { cache: 'no-store' });
    reachable.set(true);
  } catch {
    lost();
  }
}

/// A request got no answer: the banner is shown and the server asked until it answers.
export function lost(): void {
  reachable.set(false);
  timer ??= setTimeout(() => void try_again(), kRetryMs);
}

export function answered(): void {
  if (timer !== null) clearTimeout(timer);
  timer = null;
  reachable.set(true);
}

addEventListener('offline', lost);
addEventListener('online', () => {
  if (timer !== null) clearTimeout(timer);
  void try_again();
});
if (!navigator.onLine) lost();
