/// A program's output as text that cannot act: every control character, and each that turns the direction of what
/// follows, becomes a sign for itself. Line ends and tabs stay. Pure.

const kHarmful = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\u2028\u2029]/g;

function sign_of(character: string): string {
  const code = character.charCodeAt(0);
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  if (code === 0x7f) return '\u2421';
  return `\u27e8U+${code.toString(16).toUpperCase().padStart(4, '0')}\u27e9`;
}

export function visible(text: string): string {
  return text.replace(/\r\n/g, '\n').replace(kHarmful, sign_of);
}

/// The same for a name: two that look alike are alike, so what has no shape becomes a sign, too. Joiners and selectors stay
/// where they belong to a character before them that is no Latin one.
export function visible_name(text: string): string {
  return visible(text).replace(/[\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b\u2060-\u2064\u206a-\u206f\u3164\uffa0]|(?<![^\u0000-\u02ff])[\u200c\u200d\ufe00-\ufe0f]/g, sign_of);
}
