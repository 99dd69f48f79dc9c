import { RemoteFault, type ErrorBody, type PollRequest } from '@switchyard/contract';
import type { HttpApi } from '../../http/http.api.js';
import { TimerSet } from '../../timer/timer.set.js';
import { FrameReader } from './frame.reader.js';

/** What an event stream tells its owner. */
export interface StreamListener {
  frame(event: string, data: unknown): void;
  /** The stream is over: the server refused it, or fell silent, or ended it. */
  ended(refusal: RemoteFault | undefined, wasSilent: boolean): void;
}

/** One request for the events of some rooms, and its answer, read until it ends or falls silent. */
export class EventStream {
  private readonly aborting = new AbortController();
  private readonly timers = new TimerSet();
  private cancelDeadline?: () => void;
  private isOver = false;

  constructor(
    private readonly http: Pick<HttpApi, 'open'>,
    /** How long nothing may arrive, in milliseconds; the server says later how long that is. */
    private silenceMs: number,
    private readonly listener: StreamListener,
  ) {}

  /** Sends the request and reads the answer to its end. */
  async run(rooms: PollRequest['rooms'], token: string | undefined): Promise<void> {
    this.expectMore();
    try {
      const response = await this.http.open('/realtime/events', token, { rooms }, this.aborting.signal);
      if (isEventStream(response)) await this.read(response.body!);
      else this.end(refusalIn(await response.json()));
    } catch {
      // Cut off, refused by something in between, or no stream at all: the owner tries again or another way.
    }
    this.end();
  }

  /** Takes the server for gone once nothing arrives for this long, in milliseconds. */
  expectWithin(silenceMs: number): void {
    this.silenceMs = silenceMs;
    this.expectMore();
  }

  /** Ends the stream; its listener hears nothing more. */
  close(): void {
    this.isOver = true;
    this.timers.close();
    this.aborting.abort();
  }

  private async read(body: ReadableStream<Uint8Array>): Promise<void> {
    const frames = new FrameReader((event, data) => this.isOver || this.listener.frame(event, JSON.parse(data)));
    const decoder = new TextDecoder();
    const reader = body.getReader();
    for (let chunk = await reader.read(); !chunk.done && !this.isOver; chunk = await reader.read()) {
      this.expectMore();
      frames.read(decoder.decode(chunk.value, { stream: true }));
    }
  }

  private end(refusal?: RemoteFault, wasSilent = false): void {
    if (this.isOver) return;
    this.close();
    this.listener.ended(refusal, wasSilent);
  }

  private expectMore(): void {
    this.cancelDeadline?.();
    this.cancelDeadline = this.timers.after(this.silenceMs, () => this.end(undefined, true));
  }
}

function isEventStream({ ok, body, headers }: Response): boolean {
  return ok && body !== null && !!headers.get('content-type')?.startsWith('text/event-stream');
}

function refusalIn(body: unknown): RemoteFault | undefined {
  const { error } = (body ?? {}) as { error?: ErrorBody };
  return error?.code ? new RemoteFault(error) : undefined;
}
