import { randomUUID } from 'node:crypto';
import {
  formatPosition,
  type ErrorBody,
  type Position,
  type ServiceTypes,
  type StreamCodec,
  type StreamContext,
  type StreamFrame,
} from '@switchyard/contract';
import type { Caller } from '../../../caller/caller.js';
import type { CredentialHolder } from '../../../identity/credential.expiry.js';
import type { ClientSocket } from '../../../limits/open.connections.js';
import type { ServiceConnection } from '../../../service/service.wire.js';
import { startHeartbeat } from '../../../timer/heartbeat.timer.js';
import { userOf } from '../../../websocket/arrival.js';
import type { Backlog } from '../../backlog.js';
import type { WireConnection } from '../../wire.js';
import type { SseStream } from '../sse.stream.js';

/** The client's wait before it reconnects, in ms: random, so that clients do not come back all at once. */
const MIN_RETRY_MS = 500;
const MAX_RETRY_MS = 1500;

/** One open stream of an old client, in the one room that its path names. */
export class OldStreamConnection implements ServiceConnection, WireConnection, CredentialHolder, ClientSocket {
  readonly id = randomUUID();
  readonly takesControl = false;

  constructor(
    private readonly stream: SseStream,
    private readonly codec: StreamCodec<ServiceTypes>,
    private readonly place: Pick<StreamContext, 'key' | 'query'>,
    readonly caller: Caller,
    readonly agent: string | undefined,
  ) {}

  get key(): string {
    return this.place.key;
  }

  get open(): boolean {
    return this.stream.open;
  }

  get backlog(): Backlog {
    return this.stream.backlog;
  }

  start(): void {
    this.stream.start();
    const { retry_ms = Math.round(MIN_RETRY_MS + Math.random() * (MAX_RETRY_MS - MIN_RETRY_MS)), heartbeat } =
      this.codec;
    this.stream.send(`retry: ${retry_ms}\n\n`);
    if (heartbeat) this.onClose(startHeartbeat(heartbeat.every_ms, () => this.send(heartbeat.frame(this.context()))));
  }

  context(): StreamContext {
    return { ...this.place, now: new Date().toISOString(), ...userOf(this.caller) };
  }

  /** Sends an event to this connection only. */
  send(frame: StreamFrame, id?: string): void {
    this.stream.send(streamText(frame, id));
  }

  /** Sends an event that was encoded once for many connections; returns how many bytes were written. */
  sendShared(text: Buffer): number {
    return this.stream.send(text);
  }

  /** Sends a snapshot as of `position`; a client that loses the stream before its last event gets it again. */
  snapshot(snapshot: object, position: Position): void {
    const frames = this.codec.encodeSnapshot(snapshot, this.context());
    frames.forEach((frame, index) => {
      this.send(frame, index === frames.length - 1 ? idOf(this.codec, position) : undefined);
    });
  }

  control(): void {}

  warn(): void {}

  sendError(error: ErrorBody): void {
    if (this.codec.encodeError) this.send(this.codec.encodeError(error, this.context()));
  }

  /** Ends the stream; its client comes back, and gets the status that ends it for good. */
  retire(error: ErrorBody): void {
    try {
      this.sendError(error);
    } finally {
      this.end();
    }
  }

  end(): void {
    this.stream.end();
  }

  close(): void {
    this.stream.end();
  }

  terminate(): void {
    this.stream.terminate();
  }

  onClose(closed: () => void): void {
    this.stream.onClose(closed);
  }
}

/** The id of an event at this position. */
export function idOf({ encodeId = formatPosition }: StreamCodec<ServiceTypes>, position: Position): string {
  return encodeId(position);
}

/** One event as text; what a codec puts into a name or an id cannot begin another line. */
export function streamText({ event, data }: StreamFrame, id?: string): string {
  const lines = (typeof data === 'string' ? data : JSON.stringify(data)).split(/\r\n|\r|\n/);
  const fields = [
    ...(event === undefined ? [] : [`event: ${oneLine(event)}`]),
    ...(id === undefined ? [] : [`id: ${oneLine(id)}`]),
    ...lines.map((line) => `data: ${line}`),
  ];
  return `${fields.join('\n')}\n\n`;
}

function oneLine(text: string): string {
  return text.replace(/[\r\n\0]/g, ' ');
}
