import { count_of } from '../lib/figures';

/// Stands where a field would hold a text that no browser draws in time (heavy_text.ts).
export function HeavyText({ text, on_empty }: { text: string; on_empty: () => void }) {
  return (
    <div class="notice notice-warning" role="status">
      <div>This text is too long, or too intricate, for a field: {count_of(text.length, 'character')}. It is used as it is.</div>
      <button type="button" onClick={on_empty}>Empty it</button>
    </div>
  );
}
