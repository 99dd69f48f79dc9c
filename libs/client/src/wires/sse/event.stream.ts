import { RemoteFault, type ErrorBody, type PollRequest } from '@switchyard/contract';
import type { HttpApi } from '../../http/http.api.js';
import { TimerSet } from '../../timer/timer.set.js';
import { FrameReader } from './frame.reader.js';

/** Receives the frames and the end of an event stream. */
export interface StreamListener {
  frame(event: string, data: unknown): void;
  /** The stream has ended; `refusal` is the server's reason, and `wasSilent` says that nothing arrived for too long. */
  ended(refusal: RemoteFault | undefined, wasSilent: boolean): void;
}

/** One request for the events of some rooms, and the stream that answers it. */
export class EventStream {
  readonly #aborting = new AbortController();
  readonly #timers = new TimerSet();
  #cancelDeadline?: () => void;
  #isOver = false;

  constructor(
    private readonly http: Pick<HttpApi, 'open'>,
    /** The longest silence before the stream counts as dead, in milliseconds. */
    private silenceMs: number,
    private readonly listener: StreamListener,
  ) {}

  /** Sends the request and reads the stream to its end. */
  async run(rooms: PollRequest['rooms'], token: string | undefined): Promise<void> {
    this.#extendDeadline();
    try {
      const response = await this.http.open('/realtime/events', token, { rooms }, this.#aborting.signal);
      if (isEventStream(response)) await this.#read(response.body!);
      else this.#end(refusalOf(await response.json()));
    } catch {
      // The connection was cut, or a proxy answered; the listener decides whether to try again.
    }
    this.#end();
  }

  /** Changes the longest silence, in milliseconds. */
  setSilence(silenceMs: number): void {
    this.silenceMs = silenceMs;
    this.#extendDeadline();
  }

  /** Ends the stream and tells its listener nothing more. */
  close(): void {
    this.#isOver = true;
    this.#timers.close();
    this.#aborting.abort();
  }

  async #read(body: ReadableStream<Uint8Array>): Promise<void> {
    const frames = new FrameReader((event, data) => this.#isOver || this.listener.frame(event, JSON.parse(data)));
    const decoder = new TextDecoder();
    const reader = body.getReader();
    for (let chunk = await reader.read(); !chunk.done && !this.#isOver; chunk = await reader.read()) {
      this.#extendDeadline();
      frames.read(decoder.decode(chunk.value, { stream: true }));
    }
  }

  #end(refusal?: RemoteFault, wasSilent = false): void {
    if (this.#isOver) return;
    this.close();
    this.listener.ended(refusal, wasSilent);
  }

  #extendDeadline(): void {
    this.#cancelDeadline?.();
    this.#cancelDeadline = this.#timers.after(this.silenceMs, () => this.#end(undefined, true));
  }
}

function isEventStream({ ok, body, headers }: Response): boolean {
  return ok && body !== null && !!headers.get('content-type')?.startsWith('text/event-stream');
}

function refusalOf(body: unknown): RemoteFault | undefined {
  const { error } = (body ?? {}) as { error?: ErrorBody };
  return error?.code ? new RemoteFault(error) : undefined;
}
