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
