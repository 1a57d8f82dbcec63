import { useEffect, useRef, useState } from 'preact/hooks';
import { Loading, Notice } from '../components/states';
import { use_store } from '../lib/store';
import { theme } from '../lib/theme';
import { connect_terminal, is_busy, resize_terminal, run, type_text } from './runner';
import type { Terminal } from './terminal';

/// The console of an interactive run.
export function ConsolePanel({ on_run }: { on_run: () => void }) {
  const place = useRef<HTMLDivElement>(null);
  const terminal = useRef<Terminal | null>(null);
  const colours = use_store(theme);
  const state = use_store(run);
  const [ready, set_ready] = useState(false);
  const [failed, set_failed] = useState(false);
  const latest = useRef(on_run);
  latest.current = on_run;

  useEffect(() => {
    let wanted = true;
    let disconnect = () => {};
    import('./terminal').then(({ Terminal }) => {
      if (!wanted || !place.current) return;
      const made = new Terminal(place.current, theme.value, {
        on_text: type_text, on_size: resize_terminal, on_run: () => latest.current(),
      });
      terminal.current = made;
      disconnect = connect_terminal((data, replay) => made.write(data, replay));
      set_ready(true);
    }, () => { if (wanted) set_failed(true); });
    return () => {
      wanted = false;
      disconnect();
      terminal.current?.dispose();
      terminal.current = null;
    };
  }, []);
  useEffect(() => terminal.current?.set_theme(colours), [ready, colours]);
  // Who starts an interactive program types next.
  const busy = is_busy(state) && state.mode === 'console';
  useEffect(() => {
    if (!busy) return;
    // The terminal draws nothing while it is out of sight, below the editor on a phone.
    place.current?.scrollIntoView({ block: 'nearest' });
    terminal.current?.focus();
  }, [ready, busy]);

  return (
    <section class="console" aria-label="Console">
      {failed && <Notice kind="danger">The console could not be loaded. Reload the page, or use the input field instead.</Notice>}
      {!ready && !failed && <Loading what="the console" />}
      <div ref={place} class="console-place" />
      <div class="row">
        <button type="button" disabled={!busy} onClick={() => { type_text('\u0003'); terminal.current?.focus(); }}>Interrupt (Ctrl+C)</button>
        <button type="button" disabled={!busy} onClick={() => { type_text('\u0004'); terminal.current?.focus(); }}>End of input (Ctrl+D)</button>
        {!busy && <span class="muted small">Run the program, then type here.</span>}
      </div>
    </section>
  );
}
