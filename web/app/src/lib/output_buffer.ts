import { visible } from './visible';

export type Stream = 'stdout' | 'stderr';

export interface Segment {
  stream: Stream;
  text: string;
}

/// What a run has written, in the order of arrival: all of it up to a bound for a download, and a shorter beginning to be
/// shown. Pure: the caller draws `segments`.
export class OutputBuffer {
  segments: Segment[] = [];
  /// There is more than is shown.
  cut = false;
  /// Characters that came, shown or not.
  total = 0;
  private shown = 0;
  private kept: Segment[] = [];
  private kept_size = 0;
  private after_return = false;

  constructor(
    /// Characters and pieces shown at most: more makes the page slow, and nobody reads it here.
    private readonly most_shown = 200_000,
    private readonly most_segments = 2_000,
    private readonly most_kept = 8_000_000,
  ) {}

  append(stream: Stream, data: string): void {
    if (data === '') return;
    this.total += data.length;
    this.keep(stream, data);
    if (this.cut) return;
    const last = this.segments[this.segments.length - 1];
    if (last?.stream !== stream && this.segments.length >= this.most_segments) {
      this.cut = true;
      return;
    }
    const text = this.show(data);
    const room = this.most_shown - this.shown;
    const piece = text.length > room ? whole_characters(text.slice(0, room)) : text;
    this.cut = piece.length < text.length;
    this.shown += piece.length;
    if (piece === '') return;
    if (last?.stream === stream) this.segments[this.segments.length - 1] = { stream, text: last.text + piece };
    else this.segments.push({ stream, text: piece });
  }

  /// Everything that came of one stream, or of both in the order of arrival, unchanged.
  whole(stream?: Stream): string {
    return this.kept.filter((one) => stream === undefined || one.stream === stream).map((one) => one.text).join('');
  }

  clear(): void {
    this.segments = [];
    this.kept = [];
    this.cut = false;
    this.after_return = false;
    this.total = this.shown = this.kept_size = 0;
  }

  private keep(stream: Stream, data: string): void {
    const piece = data.slice(0, Math.max(0, this.most_kept - this.kept_size));
    if (piece === '') return;
    this.kept_size += piece.length;
    const last = this.kept[this.kept.length - 1];
    if (last?.stream === stream && last.text.length < 65_536) last.text += piece;
    else this.kept.push({ stream, text: piece });
  }

  /// A line's end may come in two pieces: its first half waits for what follows.
  private show(data: string): string {
    const whole = this.after_return ? `\r${data}` : data;
    this.after_return = whole.endsWith('\r');
    return visible(this.after_return ? whole.slice(0, -1) : whole);
  }
}

/// Without the first half of a character that was cut in two.
function whole_characters(text: string): string {
  const last = text.charCodeAt(text.length - 1);
  return last >= 0xd800 && last <= 0xdbff ? text.slice(0, -1) : text;
}
