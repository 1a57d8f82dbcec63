/// Whether an SVG is drawn in a moment. A browser draws it where the page's scripts run, and a few elements that use each
/// other ten times are a million to draw. Read without a parser, so what is unusual counts as heavy. Pure.

/// Elements drawn, those that are used more than once as often as they are.
const kMostDrawn = 100_000;
const kMostBytes = 4_000_000;
const kMostFilterSteps = 10;
/// An arrow head is drawn at each point of a line, and nothing says how many those are.
const kMostWithMarkers = 50_000;

/// References of references.
const kDeepest = 1000;

interface Part {
  elements: number;
  uses: string[];
}

interface Tag {
  kind: 'open' | 'close' | 'alone';
  attributes: string;
}

/// The tags, and the text between them as one; null for what has no end. Each character is looked at once.
function read_tags(text: string): { tags: Tag[]; between: string } | null {
  const tags: Tag[] = [];
  const between: string[] = [];
  let at = 0;
  for (;;) {
    const start = text.indexOf('<', at);
    between.push(text.slice(at, start < 0 ? undefined : start));
    if (start < 0) return { tags, between: between.join(' ') };
    const aside = ([['<!--', '-->'], ['<![CDATA[', ']]>'], ['<?', '?>']] as const).find(([from]) => text.startsWith(from, start));
    const end = aside === undefined ? end_of_tag(text, start) : text.indexOf(aside[1], start);
    if (end < 0 || tags.length > kMostDrawn) return null;
    const inside = text.slice(start + 1, end);
    // Entities of its own, which could hold anything.
    if (aside === undefined && inside.startsWith('!') && /\[|ENTITY/i.test(inside)) return null;
    if (aside?.[0] === '<![CDATA[') between.push(inside);
    else if (aside === undefined && !inside.startsWith('!')) tags.push(tag_of(inside));
    at = end + (aside?.[1].length ?? 1);
  }
}

/// Of the `>` that is in no quotes.
function end_of_tag(text: string, start: number): number {
  for (let at = start + 1; at < text.length; ++at) {
    const character = text.charAt(at);
    if (character === '>') return at;
    if (character !== '"' && character !== "'") continue;
    at = text.indexOf(character, at + 1);
    if (at < 0) return -1;
  }
  return -1;
}

function tag_of(inside: string): Tag {
  const kind = inside.startsWith('/') ? 'close' : inside.endsWith('/') ? 'alone' : 'open';
  const attributes = inside.replace(/&#(?:x([0-9a-f]{1,5})|([0-9]{1,6}));/gi, (_, hex: string | undefined, decimal: string) =>
    String.fromCodePoint(hex === undefined ? Number.parseInt(decimal, 10) : Number.parseInt(hex, 16)));
  return { kind, attributes };
}

export function is_light_svg(text: string): boolean {
  if (text.length > kMostBytes) return false;
  if ((text.match(/<(?:[\w.-]{1,50}:)?fe[A-Z]/g) ?? []).length > kMostFilterSteps) return false;
  if (/marker/i.test(text) && text.length > kMostWithMarkers) return false;
  const read = read_tags(text);
  if (read === null) return false;
  // Everything without a name of its own, and what styles refer to, is drawn with the whole.
  const whole: Part = { elements: 0, uses: names_in(read.between) };
  const parts = new Map<string, Part>();
  const open: Part[] = [];
  for (const { kind, attributes } of read.tags) {
    if (kind === 'close') {
      open.pop();
      continue;
    }
    const part: Part = { elements: 0, uses: [] };
    const name = /\sid\s*=\s*(?:"([^"]*)"|'([^']*)')/.exec(attributes);
    const id = name === null ? null : name[1] ?? name[2] ?? '';
    if (id !== null && !parts.has(id)) parts.set(id, part);
    if (open.length > 100) return false;
    // It is part of each that it stands in.
    const uses = names_in(attributes);
    for (const one of [whole, ...open, part]) {
      ++one.elements;
      one.uses.push(...uses);
    }
    if (kind === 'open') open.push(part);
  }
  return drawn(whole, parts, new Map(), 0) <= kMostDrawn;
}

/// What "#name" refers to.
function names_in(text: string): string[] {
  return [...text.matchAll(/#([^\s"')<>;#]+)/g)].map(([, name = '']) => name);
}

function drawn(part: Part, parts: ReadonlyMap<string, Part>, known: Map<Part, number>, depth: number): number {
  if (depth > kDeepest) return Number.POSITIVE_INFINITY;
  const before = known.get(part);
  if (before !== undefined) return before;
  // A browser draws nothing that uses itself.
  known.set(part, 0);
  let sum = part.elements;
  for (const name of part.uses) {
    const used = parts.get(name);
    if (used !== undefined) sum += drawn(used, parts, known, depth + 1);
  }
  known.set(part, sum);
  return sum;
}
