import type { ErrorBody, JoinReply } from '@switchyard/contract';
import type { Caller } from '../../caller/caller.js';
import { SseConnection } from './sse.connection.js';
import { eventText, type SseFrames } from './sse.frames.js';
import type { SseStream } from './sse.stream.js';

/** A room that our client asked for, with its place in the request. */
export interface AskedRoom {
  service: string;
  key: string;
  index: number;
}

/** The one stream of a page, on which our client follows all its rooms. */
export class PageConnection extends SseConnection {
  readonly missesHoles = false;
  readonly isOurClient = true;

  constructor(
    stream: SseStream,
    caller: Caller,
    /** How long the server may be silent before the client considers it gone, in ms. */
    private readonly silence_ms: number,
  ) {
    super(stream, caller);
  }

  start(): void {
    this.stream.start();
    const { silence_ms } = this;
    this.stream.send(eventText('open', { server_time: new Date().toISOString(), silence_ms }));
  }

  joined(asked: AskedRoom, reply: JoinReply): void {
    this.stream.send(eventText('joined', { ...asked, ...reply }));
  }

  refused(asked: AskedRoom, error: ErrorBody): void {
    this.stream.send(eventText('refused', { ...asked, error }));
  }

  deliver(frames: SseFrames): number {
    return this.stream.send(frames.shared);
  }

  /** Ends the stream: our client notices holes by itself, and asks again. */
  restart(): void {
    this.end();
  }

  control({ event, payload }: Parameters<SseConnection['control']>[0]): void {
    this.stream.send(eventText('control', { event, payload }));
  }
}
