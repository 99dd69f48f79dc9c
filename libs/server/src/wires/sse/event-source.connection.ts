import type { JoinReply, Position, ServiceContract } from '@switchyard/contract';
import type { Caller } from '../../caller/caller.js';
import { SseConnection } from './sse.connection.js';
import { SseFrames, eventText } from './sse.frames.js';
import type { SseStream } from './sse.stream.js';

/** The client's wait before it reconnects, in ms: random, so that clients do not come back all at once. */
const MIN_RETRY_MS = 500;
const MAX_RETRY_MS = 1500;
/** The wait of a client that should not come back, in ms: nothing else keeps an `EventSource` away. */
const NO_RETRY_MS = 24 * 60 * 60 * 1000;

/** The stream of an `EventSource`, or of any other client, for one room; the id of each event is its position. */
export class EventSourceConnection extends SseConnection {
  readonly missesHoles = true;

  constructor(
    stream: SseStream,
    caller: Caller,
    private readonly contract: ServiceContract,
  ) {
    super(stream, caller);
  }

  start(): void {
    this.stream.start();
    const retry_ms = Math.round(MIN_RETRY_MS + Math.random() * (MAX_RETRY_MS - MIN_RETRY_MS));
    this.stream.send(`retry: ${retry_ms}\n\n`);
  }

  /** Sends the answer to the join, then the snapshot or the events that it has. */
  welcome({ events = [], ...reply }: JoinReply, since: Position | undefined): void {
    const { room, epoch, offset, snapshot } = reply;
    const position = { epoch, offset };
    // A client that loses the stream before it has what follows must ask for that again.
    const isComplete = snapshot === undefined && events.length === 0;
    this.stream.send(eventText('joined', reply, isComplete ? position : since));
    if (snapshot !== undefined) this.restart(snapshot as object, position);
    for (const { event, payload, ...at } of events) {
      this.deliver(new SseFrames(this.contract.name, { event, payload, position: { room, ...at } }));
    }
  }

  deliver(frames: SseFrames): number {
    return this.stream.send(frames.plain);
  }

  restart(snapshot: object, position: Position): void {
    this.stream.send(eventText(this.contract.snapshot, snapshot, position));
  }

  control({ event, payload }: Parameters<SseConnection['control']>[0]): void {
    this.stream.send(eventText(event, payload));
  }

  /** Ends the stream for good: a client that came back would evict another client of its user. */
  override close(): void {
    this.stream.send(`retry: ${NO_RETRY_MS}\n\n`);
    super.close();
  }
}
