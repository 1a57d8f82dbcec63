/// Server-Sent Events out of the text of a stream, as the HTML standard describes them (9.2.6). Pure.

export interface ServerEvent {
  event: string;
  data: string;
  /// The last id that was sent, by this event or one before it.
  id: string;
}

export class SseParser {
  private rest = '';
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
    const whole = this.rest + piece;
    // A return at the very end may be half of a line's end.
    this.skip_newline = whole.endsWith('\r');
    const lines = whole.split(/\r\n|\r|\n/);
    this.rest = lines.pop() ?? '';
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
