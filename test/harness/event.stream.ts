import { createParser } from 'eventsource-parser';
import { Inbox } from './inbox.js';

/** One received event of a stream. */
export interface StreamEvent {
  event: string;
  data: string;
  id: string | undefined;
}

/** The response to a request for a stream. */
export interface StreamAnswer {
  status: number;
  type: string | null;
  /** The body, if it is not a stream. */
  body: string;
}

/** A plain reader of Server-Sent Events over `fetch` that records its events. */
export class EventStream {
  private readonly inbox: Inbox<StreamEvent>;
  private readonly abort = new AbortController();
  private readonly answering: Promise<StreamAnswer>;
  private ending: Promise<void> = Promise.resolve();
  /** The text of the stream so far. */
  text = '';

  constructor(url: string, init: RequestInit = {}) {
    this.inbox = new Inbox(url);
    this.answering = fetch(url, { ...init, signal: this.abort.signal }).then(async (response) => {
      const { status, headers } = response;
      const type = headers.get('content-type');
      if (!type?.startsWith('text/event-stream')) return { status, type, body: await response.text() };
      this.ending = this.read(response.body!);
      // A test that does not wait for the end must not fail because of it.
      this.ending.catch(() => undefined);
      return { status, type, body: '' };
    });
    this.answering.catch(() => undefined);
  }

  /** The events so far. */
  get events(): readonly StreamEvent[] {
    return this.inbox.all;
  }

  answered(): Promise<StreamAnswer> {
    return this.answering;
  }

  /** Resolves when the server ends the stream in the regular way. @throws Error when the connection was cut */
  async ended(): Promise<void> {
    await this.answering;
    await this.ending;
  }

  /** The next event that matches; earlier ones are skipped. */
  waitFor(wanted: (event: StreamEvent) => boolean, what?: string): Promise<StreamEvent> {
    return this.inbox.take(wanted, what);
  }

  /** The next event of this name. */
  next(event: string): Promise<StreamEvent> {
    return this.waitFor((received) => received.event === event, event);
  }

  close(): void {
    this.abort.abort();
  }

  private async read(body: ReadableStream<Uint8Array>): Promise<void> {
    const parser = createParser({
      onEvent: ({ event = 'message', data, id }) => this.inbox.put({ event, data, id }),
    });
    const decoder = new TextDecoder();
    for await (const chunk of body as unknown as AsyncIterable<Uint8Array>) {
      const text = decoder.decode(chunk, { stream: true });
      this.text += text;
      parser.feed(text);
    }
  }
}
