/// Server-Sent Events out of the text of a stream, as the HTML standard describes them (9.2.6). Pure.

export interface ServerEvent {
  event: string;
  data: string;
  /// The last id that was sent, by this event or one before it.
  id: string;
}

export class SseParser {
  /// Pieces of the line that has no end yet.
  private rest: string[] = [];
  private event = '';
  private data: string[] = [];
  private id = '';
  private skip_newline = false;

  /// The events that this piece completed.
  feed(text: string): ServerEvent[] {
    const events: ServerEvent[] = [];
    let piece = text;
    if (this.skip_newline && piece.startsWith('\n')) piece = piece.slice(1);
    if (text !== '') this.skip_newline = false;
    // A return at the very end may be half of a line's end.
    if (piece !== '') this.skip_newline = piece.endsWith('\r');
    // Only what is new is looked through: a result of many megabytes is one line, which comes in many pieces.
    const lines = piece.split(/\r\n|\r|\n/);
    const rest = lines.pop() ?? '';
    if (lines.length === 0) {
      this.rest.push(rest);
      return events;
    }
    lines[0] = this.rest.join('') + (lines[0] ?? '');
    this.rest = [rest];
    for (const line of lines) {
      const one = this.line(line);
      if (one) events.push(one);
    }
    return events;
  }

  private line(line: string): ServerEvent | null {
    if (line === '') {
      const { event, data } = this;
      this.event = '';
      this.data = [];
      return data.length === 0 ? null : { event: event || 'message', data: data.join('\n'), id: this.id };
    }
    if (line.startsWith(':')) return null;
    const colon = line.indexOf(':');
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (field === 'event') this.event = value;
    else if (field === 'data') this.data.push(value);
    else if (field === 'id' && !value.includes('\0')) this.id = value;
    return null;
  }
}
