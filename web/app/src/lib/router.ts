import { Store, use_store } from './store';
import { parse_route, type Route } from './route';

const current = new Store<Route | null>(parse_route(location.hash));
addEventListener('hashchange', () => current.set(parse_route(location.hash)));

/// The view that the address names; null when it names none.
export function use_route(): Route | null {
  return use_store(current);
}

/// Goes to an address that `link_to` made. With `replace` the back button skips the present one.
export function navigate(link: string, options: { replace?: boolean } = {}): void {
  if (!options.replace) {
    location.hash = link;
    return;
  }
  history.replaceState(null, '', link);
  current.set(parse_route(location.hash));
}
