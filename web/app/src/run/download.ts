import type { Artifact } from '../api/types';
import { is_light_svg } from './light_svg';
import { from_base64, to_base64 } from './share';

/// A name that a browser takes for a file's, and no more than that. What turns the direction of text, or cannot be seen,
/// would make a program look like a picture where the download is shown.
export function plain_name(name: string): string {
  const last = name.split(/[/\\]/).pop() ?? '';
  const plain = last.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}<>:"|?*]/gu, '_').replace(/^[. ]+|[. ]+$/g, '_');
  return plain || 'file';
}

/// Whatever it holds, a browser that opens it sees bytes, never a page of this site.
export function download_bytes(name: string, bytes: BlobPart): void {
  const url = URL.createObjectURL(new Blob([bytes], { type: 'application/octet-stream' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = plain_name(name);
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

export function download_text(name: string, text: string): void {
  download_bytes(name, text);
}

export function artifact_bytes(artifact: Artifact): Uint8Array<ArrayBuffer> {
  const content = artifact.content ?? '';
  return artifact.encoding === 'base64' ? from_base64(content) : new TextEncoder().encode(content);
}

const kPictures = new Map(Object.entries({
  png: 'image/png', jpg: 'image/jpeg', jpeg: 'image/jpeg', gif: 'image/gif', webp: 'image/webp', bmp: 'image/bmp', svg: 'image/svg+xml',
}));

/// The type of a picture that can be shown; null for anything else. In an <img>, an SVG runs no script.
export function picture_type(name: string): string | null {
  return kPictures.get(/\.([a-z]+)$/i.exec(name)?.[1]?.toLowerCase() ?? '') ?? null;
}

/// The same for what is in it: null as well for a picture that would hold up the page.
export function shown_type(artifact: Artifact): string | null {
  const type = picture_type(artifact.name);
  return type === 'image/svg+xml' && !is_light_svg(new TextDecoder().decode(artifact_bytes(artifact))) ? null : type;
}

/// An SVG is a document: opened by itself, from a blob: address, it would be one of this site. A data: address has no site.
export function picture_data_url(artifact: Artifact, type: string): string | null {
  if (type !== 'image/svg+xml') return null;
  const plain = to_base64(artifact_bytes(artifact)).replace(/-/g, '+').replace(/_/g, '/');
  return `data:${type};base64,${plain}`;
}
