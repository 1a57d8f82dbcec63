import { kBlock, text_blocks } from '../lib/text_blocks';

/// A text of any length, as text and nothing else. A long one is drawn in pieces, and only those that are in sight.
export function LongText({ text }: { text: string }) {
  if (text.length <= kBlock) return <>{text}</>;
  return <>{text_blocks(text).map((piece, index) => <span key={index} class="text-block">{piece}</span>)}</>;
}
