import type { ComponentChildren } from 'preact';
import { describe_error } from '../api/errors';

/// Something takes a moment.
export function Loading({ what }: { what: string }) {
  return <p class="state" role="status"><span class="spinner" aria-hidden="true" /> Loading {what}…</p>;
}

/// There is nothing to show, and what to do about it.
export function Empty({ title, children }: { title: string; children?: ComponentChildren }) {
  return <div class="state"><p class="state-title">{title}</p>{children}</div>;
}

/// Something failed; with `retry` it can be tried again.
export function Failed({ error, retry, what }: { error: unknown; retry?: () => void; what?: string }) {
  return (
    <div class="state state-failed" role="alert">
      {what !== undefined && <p class="state-title">{what}</p>}
      <p class="pre-line">{describe_error(error)}</p>
      {retry && <button type="button" onClick={retry}>Try again</button>}
    </div>
  );
}

/// A sentence that stands out.
export function Notice({ kind = 'info', children, on_close }: {
  kind?: 'info' | 'ok' | 'warning' | 'danger';
  children: ComponentChildren;
  on_close?: () => void;
}) {
  return (
    <div class={`notice notice-${kind}`} role={kind === 'danger' ? 'alert' : 'status'}>
      <div>{children}</div>
      {on_close && <button type="button" class="quiet" aria-label="Dismiss" onClick={on_close}>×</button>}
    </div>
  );
}
