/// The part of the address behind `#`: which view is shown, and of what. Pure; router.ts follows the address.

export type View = 'run' | 'history' | 'problems' | 'dashboard' | 'account';

export interface Route {
  view: View;
  /// What stands behind the view's name: `['ID']` for `#/problems/ID`. Decoded.
  params: string[];
  /// What stands behind a `?`: `#/history?status=FAILED`.
  query: URLSearchParams;
}

const kViews: readonly string[] = ['run', 'history', 'problems', 'dashboard', 'account'];

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/// Null for an address that names no view.
export function parse_route(hash: string): Route | null {
  const text = hash.replace(/^#/, '');
  const question = text.indexOf('?');
  const path = question < 0 ? text : text.slice(0, question);
  const query = new URLSearchParams(question < 0 ? '' : text.slice(question + 1));
  const [view = 'run', ...params] = path.split('/').filter((part) => part !== '').map(decode);
  if (!kViews.includes(view)) return null;
  return { view: view as View, params, query };
}

/// The address of a view: `link_to('problems', [id])`, `link_to('history', [], { status: 'FAILED' })`.
export function link_to(view: View, params: string[] = [], query: Record<string, string> = {}): string {
  const path = view === 'run' && params.length === 0 ? '' : [view, ...params].map(encodeURIComponent).join('/');
  const tail = new URLSearchParams(Object.entries(query).filter(([, value]) => value !== '')).toString();
  return `#/${path}${tail === '' ? '' : `?${tail}`}`;
}
