import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';

/// What the control inside a field is given, so that readers of the screen hear its label, hint and mistake.
export interface ControlProps {
  id: string;
  'aria-invalid'?: true;
  'aria-describedby'?: string;
}

/// A labelled control with the server's mistake beneath it.
export function Field({ label, error, hint, class: extra, children }: {
  label: ComponentChildren;
  error?: string;
  hint?: ComponentChildren;
  class?: string;
  children: (control: ControlProps) => ComponentChildren;
}) {
  const id = useId();
  const described = [hint !== undefined && `${id}-hint`, error !== undefined && `${id}-error`].filter(Boolean).join(' ');
  const control: ControlProps = { id };
  if (error !== undefined) control['aria-invalid'] = true;
  if (described !== '') control['aria-describedby'] = described;
  return (
    <div class={`field ${extra ?? ''}`}>
      <label for={id}>{label}</label>
      {children(control)}
      {hint !== undefined && <span class="muted small" id={`${id}-hint`}>{hint}</span>}
      {error !== undefined && <span class="field-error" id={`${id}-error`}>{error}</span>}
    </div>
  );
}
