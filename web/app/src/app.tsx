import { useEffect, useRef } from 'preact/hooks';
import { reachable } from './api/connection';
import { token } from './api/session';
import { Boundary } from './components/boundary';
import { LazyView, type ViewModule } from './components/lazy_view';
import { Empty, Notice } from './components/states';
import { link_to, type View } from './lib/route';
import { use_route } from './lib/router';
import { use_store } from './lib/store';
import { theme_choice, type ThemeChoice } from './lib/theme';

const kViews: Record<View, { name: string; load: () => Promise<ViewModule> }> = {
  run: { name: 'Run', load: () => import('./views/run') },
  history: { name: 'History', load: () => import('./views/history') },
  problems: { name: 'Problems', load: () => import('./views/problems') },
  dashboard: { name: 'Dashboard', load: () => import('./views/dashboard') },
  account: { name: 'Account', load: () => import('./views/account') },
};

function ThemeMenu() {
  const choice = use_store(theme_choice);
  return (
    <label class="theme-menu">
      <span class="hidden">Colours</span>
      <select value={choice} onChange={(event) => theme_choice.set(event.currentTarget.value as ThemeChoice)}>
        <option value="system">System</option>
        <option value="light">Light</option>
        <option value="dark">Dark</option>
      </select>
    </label>
  );
}

function Header({ view }: { view: View | null }) {
  const signed_in = use_store(token) !== null;
  const names = Object.entries(kViews) as [View, { name: string }][];
  return (
    <header class="page-header">
      <a class="brand" href={link_to('run')}>Runyard</a>
      <nav aria-label="Views">
        {names.map(([id, { name }]) => (
          <a key={id} href={link_to(id)} aria-current={id === view ? 'page' : undefined}>
            {id === 'account' && !signed_in ? 'Sign in' : name}
          </a>
        ))}
      </nav>
      <ThemeMenu />
    </header>
  );
}

export function App() {
  const route = use_route();
  const online = use_store(reachable);
  const main = useRef<HTMLElement>(null);
  const view = route?.view ?? null;
  const first = useRef(true);
  useEffect(() => {
    document.title = view === null ? 'Runyard' : `${kViews[view].name} · Runyard`;
    // A reader of the screen is taken to what has changed; not when the page opens.
    if (!first.current) main.current?.focus();
    first.current = false;
  }, [view]);
  return (
    <>
      {/* A link to #content would leave the view: the fragment names it. */}
      <button type="button" class="skip" onClick={() => main.current?.focus()}>Skip to the content</button>
      <Header view={view} />
      {!online && (
        <Notice kind="warning">
          The server cannot be reached. What you write is kept in this browser; the page goes on by itself when the server is back.
        </Notice>
      )}
      <main ref={main} tabIndex={-1}>
        {route === null
          ? <Empty title="There is nothing at this address."><a href={link_to('run')}>Write a program</a></Empty>
          : <Boundary key={route.view}><LazyView key={route.view} {...kViews[route.view]} route={route} /></Boundary>}
      </main>
    </>
  );
}
