/// A long text in pieces that a browser lays out one by one. As one piece, 200,000 characters whose direction changes with
/// each, or as many accents over one letter, take it a minute: the time grows with the square of the piece. Pure.

/// Characters of a piece.
export const kBlock = 2000;

/// Pieces that make the text when they are put together. They end with a line where one ends, and never within a character.
export function text_blocks(text: string): string[] {
  const blocks: string[] = [];
  let at = 0;
  while (text.length - at > kBlock) {
    const line_end = text.lastIndexOf('\n', at + kBlock - 1);
    const next = line_end >= at ? line_end + 1 : whole_characters(text, at + kBlock);
    blocks.push(text.slice(at, next));
    at = next;
  }
  if (at < text.length || text === '') blocks.push(text.slice(at));
  return blocks;
}

/// The same for a text that is in parts already: each block holds parts, or pieces of parts, in their order.
export function part_blocks<T extends { text: string }>(parts: readonly T[]): T[][] {
  const blocks: T[][] = [];
  let size = kBlock;
  for (const part of parts) {
    for (const text of text_blocks(part.text)) {
      if (size + text.length > kBlock) {
        blocks.push([]);
        size = 0;
      }
      blocks.at(-1)?.push({ ...part, text });
      size += text.length;
    }
  }
  return blocks;
}

/// The last place up to `end` that is not between the halves of a character.
function whole_characters(text: string, end: number): number {
  const code = text.charCodeAt(end - 1);
  return code >= 0xd800 && code <= 0xdbff ? end - 1 : end;
}
