import { read_program, type Program } from './program';

/// A program inside a link: JSON, deflated, in the base64 of addresses. No server sees it: it stands behind the `#`.
/// The first letter tells the form: `z` deflated, `j` as it is (for browsers that cannot deflate).

/// A small link may unfold to a lot.
const kMostUnfolded = 4_000_000;

export async function pack_program(program: Program): Promise<string> {
  const bytes = new TextEncoder().encode(JSON.stringify(program));
  if (typeof CompressionStream === 'undefined') return `j${to_base64(bytes)}`;
  return `z${to_base64(await through(bytes, new CompressionStream('deflate'), Number.POSITIVE_INFINITY))}`;
}

/// Null for what is not a program, was cut, or unfolds to too much.
export async function unpack_program(text: string): Promise<Program | null> {
  try {
    const bytes = from_base64(text.slice(1));
    const form = text.charAt(0);
    if (form !== 'z' && form !== 'j') return null;
    const plain = form === 'z' ? await through(bytes, new DecompressionStream('deflate'), kMostUnfolded) : bytes;
    return read_program(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(plain)));
  } catch {
    return null;
  }
}

interface Transform {
  readable: ReadableStream<Uint8Array>;
  writable: WritableStream<BufferSource>;
}

async function through(bytes: Uint8Array<ArrayBuffer>, transform: Transform, most: number): Promise<Uint8Array<ArrayBuffer>> {
  const writer = transform.writable.getWriter();
  // Its failure comes out at the other end, too.
  writer.write(bytes).catch(() => undefined);
  writer.close().catch(() => undefined);
  const reader = transform.readable.getReader();
  const parts: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.length;
    if (size > most) {
      await reader.cancel();
      throw new RangeError('too large');
    }
    parts.push(value);
  }
  const all = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

export function to_base64(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 32_768) text += String.fromCharCode(...bytes.subarray(at, at + 32_768));
  return btoa(text).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
}

/// Of either alphabet, with or without its padding.
export function from_base64(text: string): Uint8Array<ArrayBuffer> {
  const plain = atob(text.replace(/-/g, '+').replace(/_/g, '/'));
  const bytes = new Uint8Array(plain.length);
  for (let at = 0; at < plain.length; ++at) bytes[at] = plain.charCodeAt(at);
  return bytes;
}
