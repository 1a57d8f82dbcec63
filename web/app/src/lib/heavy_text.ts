/// Whether a text would hold up the page where it cannot be drawn in pieces, as in a field that is written into. What a browser
/// takes long for: very many lines, very many changes of direction or script, very many accents over one letter. Pure.

export interface Bounds {
  characters: number;
  lines: number;
  /// Places where the script changes, which is where the direction may.
  turns: number;
  /// Accents over one letter.
  marks: number;
}

/// Each of them takes a browser about half a second.
export const kFieldBounds: Bounds = { characters: 1_000_000, lines: 20_000, turns: 20_000, marks: 2000 };

const kMark = /\p{M}/u;

/// Latin, Greek, Cyrillic and their like are one; signs for direction another; of the rest each 256 characters.
function script_of(code: number): number {
  if (code < 0x300) return 0;
  if (code >= 0x2000 && code <= 0x206f) return 1;
  if (code >= 0x2e80 && code <= 0xd7ff) return 2;
  return 3 + (code >> 8);
}

export function is_heavy(text: string, bounds: Bounds = kFieldBounds): boolean {
  if (text.length > bounds.characters) return true;
  let lines = 0;
  let turns = 0;
  let marks = 0;
  let before = 0;
  for (let at = 0; at < text.length; ++at) {
    const code = text.charCodeAt(at);
    if (code === 10 && ++lines > bounds.lines) return true;
    const script = script_of(code);
    if (script !== before && ++turns > bounds.turns) return true;
    before = script;
    if (code < 0x300 || !kMark.test(text.charAt(at))) marks = 0;
    else if (++marks > bounds.marks) return true;
  }
  return false;
}
