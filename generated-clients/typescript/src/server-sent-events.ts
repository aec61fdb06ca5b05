// Reads `text/event-stream`, wherever its bytes happen to be cut.

export interface ServerSentEvent {
  id: string | undefined;
  event: string;
  data: string;
}

/** Collects lines into events. A line ends with LF, CR or CRLF; an event with an empty line. */
export class EventParser {
  private text = '';
  private id: string | undefined;
  private event = '';
  private data: string[] = [];
  // Keeps the bytes of a character that is not complete yet.
  private readonly decoder = new TextDecoder();

  /** The events that are complete with these bytes. */
  *push(bytes: Uint8Array): Generator<ServerSentEvent> {
    this.text += this.decoder.decode(bytes, { stream: true });
    const ends = /\r\n|\n|\r/g;
    let start = 0;
    for (let end = ends.exec(this.text); end !== null; end = ends.exec(this.text)) {
      // The LF of a CRLF may be in the next bytes.
      if (end[0] === '\r' && ends.lastIndex === this.text.length) break;
      const complete = this.line(this.text.slice(start, end.index));
      start = ends.lastIndex;
      if (complete !== undefined) yield complete;
    }
    this.text = this.text.slice(start);
  }

  private line(line: string): ServerSentEvent | undefined {
    if (line === '') {
      const complete = { id: this.id, event: this.event || 'message', data: this.data.join('\n') };
      const empty = this.data.length === 0;
      this.event = '';
      this.data = [];
      return empty ? undefined : complete;
    }
    const colon = line.indexOf(':');
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (field === 'data') this.data.push(value);
    else if (field === 'event') this.event = value;
    else if (field === 'id' && !value.includes('\0')) this.id = value;
    return undefined;
  }
}

/** The events of a body. Throws `silence` when nothing at all arrives for `silentMs`. */
export async function* readEvents(
  body: ReadableStream<Uint8Array>,
  silentMs: number,
): AsyncGenerator<ServerSentEvent, void, void> {
  const reader = body.getReader();
  const parser = new EventParser();
  try {
    for (;;) {
      const { done, value } = await within(reader.read(), silentMs);
      if (done) return;
      yield* parser.push(value);
    }
  } finally {
    // Fails when the connection is broken already.
    await reader.cancel().catch(() => undefined);
  }
}

async function within<T>(work: Promise<T>, ms: number): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const silence = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`Nothing arrived for ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([work, silence]);
  } finally {
    clearTimeout(timer);
  }
}
