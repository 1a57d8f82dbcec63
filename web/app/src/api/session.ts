import { Store } from '../lib/store';
import { read_stored, write_stored } from '../lib/storage';

/// The token or API key that requests carry; null for an anonymous visitor.
export const token = new Store<string | null>(read_stored('token'));
token.subscribe((value) => write_stored('token', value));

/// Another tab signed in or out.
addEventListener('storage', (event) => {
  if (event.key === 'runyard.token') token.set(event.newValue);
});

/// Why the account view is shown although nobody asked for it; that view shows and clears it.
export const sign_in_notice = new Store<string | null>(null);

export function authorization(): Record<string, string> {
  return token.value === null ? {} : { Authorization: `Bearer ${token.value}` };
}
