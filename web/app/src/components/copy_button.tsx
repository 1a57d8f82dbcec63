import { useState } from 'preact/hooks';

/// Copies a text, and says so. Without a clipboard (the page came over plain HTTP from another machine) it says
/// that as well.
export function CopyButton({ text, label = 'Copy' }: { text: string; label?: string }) {
  const [said, set_said] = useState('');
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      set_said('Copied');
    } catch {
      set_said('The browser does not allow it: select the text and copy it.');
    }
  };
  return (
    <span class="row">
      <button type="button" onClick={() => void copy()}>{label}</button>
      <span role="status" class="small">{said}</span>
    </span>
  );
}
