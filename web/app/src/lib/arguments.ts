/// A line of arguments as a shell would take it apart: spaces between them, quotes around those that hold some, a
/// backslash before what is meant as it is. Nothing else is special. Pure.

export function split_arguments(line: string): string[] {
  const all: string[] = [];
  let current: string | null = null;
  let quote: string | null = null;
  for (let at = 0; at < line.length; ++at) {
    const character = line.charAt(at);
    if (character === '\\' && quote !== "'" && at + 1 < line.length) {
      current = (current ?? '') + line.charAt(++at);
    } else if (quote !== null) {
      if (character === quote) quote = null;
      else current += character;
    } else if (character === '"' || character === "'") {
      quote = character;
      current ??= '';
    } else if (/\s/.test(character)) {
      if (current !== null) all.push(current);
      current = null;
    } else {
      current = (current ?? '') + character;
    }
  }
  // A quote that is never closed holds the rest.
  if (current !== null) all.push(current);
  return all;
}

/// A line that is taken apart into exactly these.
export function join_arguments(all: readonly string[]): string {
  return all.map((one) => (/^[^\s"'\\]+$/.test(one) ? one : `"${one.replace(/["\\]/g, '\\$&')}"`)).join(' ');
}
