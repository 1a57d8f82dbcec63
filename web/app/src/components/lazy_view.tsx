import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Route } from '../lib/route';
import { Failed, Loading } from './states';

/// What every view is given.
export interface ViewProps {
  route: Route;
}
export type ViewModule = { default: ComponentType<ViewProps> };

/// A view whose code is fetched when it is first shown.
export function LazyView({ load, route, name }: { load: () => Promise<ViewModule>; route: Route; name: string }) {
  const [view, set_view] = useState<ViewModule | null>(null);
  const [error, set_error] = useState<unknown>(null);
  const [round, set_round] = useState(0);
  useEffect(() => {
    let shown = true;
    set_error(null);
    load().then((module) => { if (shown) set_view(module); }, (reason: unknown) => { if (shown) set_error(reason); });
    return () => { shown = false; };
  }, [load, round]);
  if (error !== null) {
    return <Failed what={`The view “${name}” could not be loaded.`} error={error} retry={() => set_round(round + 1)} />;
  }
  if (view === null) return <Loading what={name} />;
  const Shown = view.default;
  return <Shown route={route} />;
}
