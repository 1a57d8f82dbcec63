import { count_of } from '../lib/figures';
import { visible } from '../lib/visible';
import { LongText } from './long_text';

const kShown = 100_000;

/// What a program wrote, as text and nothing else. A very long one is shown in part: browsers stall on a million
/// lines.
export function OutputText({ text, label, truncated = false }: { text: string; label: string; truncated?: boolean }) {
  const shown = text.length > kShown ? text.slice(0, kShown) : text;
  return (
    <div class="output">
      {/* Long ones scroll, so the keyboard must be able to get there. */}
      <pre tabIndex={0} role="group" aria-label={label}>{shown === '' ? <span class="muted">(empty)</span> : <LongText text={visible(shown)} />}</pre>
      {shown.length < text.length && (
        <p class="muted small">{count_of(text.length - shown.length, 'more character')} not shown.</p>
      )}
      {truncated && <p class="warning small">It wrote more than is kept.</p>}
    </div>
  );
}
