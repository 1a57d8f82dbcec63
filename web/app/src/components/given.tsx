import { visible_name } from '../lib/visible';
import { LongText } from './long_text';

/// A name, title or message that somebody else chose: it turns no text around it, and what cannot be seen is shown.
export function Given({ text }: { text: string }) {
  return <span class="given"><LongText text={visible_name(text)} /></span>;
}
