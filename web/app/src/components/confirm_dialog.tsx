import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { describe_error } from '../api/errors';

/// Asks before something is done that cannot be undone. The browser's own dialog keeps the focus inside, closes
/// on Escape and gives the focus back. `on_confirm` may fail: it is told in the dialog, which stays.
export function ConfirmDialog({ title, action, children, on_confirm, on_close }: {
  title: string;
  action: string;
  children: ComponentChildren;
  on_confirm: () => Promise<void>;
  /// After Escape, the other button, or what was confirmed.
  on_close: () => void;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [busy, set_busy] = useState(false);
  const [error, set_error] = useState<unknown>(null);
  const id = useId();
  useEffect(() => { dialog.current?.showModal(); }, []);
  const confirm = async () => {
    set_busy(true);
    set_error(null);
    try {
      await on_confirm();
      dialog.current?.close();
    } catch (reason) {
      set_error(reason);
      set_busy(false);
    }
  };
  return (
    <dialog ref={dialog} class="confirm" aria-labelledby={id} onClose={on_close}>
      <h2 id={id}>{title}</h2>
      {children}
      {error !== null && <p class="field-error" role="alert">{describe_error(error)}</p>}
      <div class="row end">
        <button type="button" onClick={() => dialog.current?.close()}>Keep it</button>
        <button type="button" class="danger" disabled={busy} onClick={() => void confirm()}>{action}</button>
      </div>
    </dialog>
  );
}
