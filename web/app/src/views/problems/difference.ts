/// How an output differs from the expected one, line by line. Pure.
import { diffLines } from 'diff';

export type Line =
  /// `missing` was expected, `extra` was written; a sign of its own in `text` for what cannot be seen.
  | { kind: 'same' | 'missing' | 'extra'; text: string }
  | { kind: 'skipped'; count: number };

/// More characters are not compared here, and more differences are not told apart.
const kMost = 200_000;
const kMostEdits = 1000;
/// Lines around a difference.
const kContext = 3;

/// Null when they are too long or too different to be compared.
export function difference(expected: string, actual: string): Line[] | null {
  if (expected.length + actual.length > kMost) return null;
  const changes = diffLines(expected, actual, { maxEditLength: kMostEdits });
  if (changes === undefined) return null;
  const lines: Line[] = [];
  for (const change of changes) {
    const kind = change.added ? 'extra' : change.removed ? 'missing' : 'same';
    for (const text of split_lines(change.value, kind !== 'same')) lines.push({ kind, text });
  }
  return without_far(lines);
}

/// In a line that differs, what the eye misses: white space at its end, and no line end after the last.
function split_lines(text: string, mark: boolean): string[] {
  const lines = text.split('\n');
  const ended = lines.at(-1) === '';
  if (ended) lines.pop();
  if (!mark) return lines;
  return lines.map((line, index) => {
    const shown = line.replace(/[ \t\r]+$/, (end) => end.replace(/ /g, '·').replace(/\t/g, '→').replace(/\r/g, '␍'));
    return !ended && index === lines.length - 1 ? `${shown}⊣` : shown;
  });
}

/// Lines that are the same and far from a difference become one entry.
function without_far(lines: Line[]): Line[] {
  const near = lines.map(() => false);
  lines.forEach((line, index) => {
    if (line.kind === 'same') return;
    for (let at = Math.max(0, index - kContext); at <= Math.min(lines.length - 1, index + kContext); ++at) near[at] = true;
  });
  const kept: Line[] = [];
  lines.forEach((line, index) => {
    if (near[index]) {
      kept.push(line);
      return;
    }
    const last = kept.at(-1);
    if (last?.kind === 'skipped') last.count += 1;
    else kept.push({ kind: 'skipped', count: 1 });
  });
  return kept;
}
