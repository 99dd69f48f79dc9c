import { randomUUID } from 'node:crypto';
import type { ControlPayloads, ErrorBody, Position, ControlMessage } from '@switchyard/contract';
import type { Caller } from '../../caller/caller.js';
import type { CredentialHolder } from '../../identity/credential.expiry.js';
import type { ClientSocket } from '../../limits/open.connections.js';
import type { RoomConnection } from '../../room/room.connection.js';
import type { ServiceConnection } from '../../service/service.wire.js';
import type { Backlog } from '../backlog.js';
import type { WireConnection } from '../wire.js';
import type { SseFrames } from './sse.frames.js';
import type { SseStream } from './sse.stream.js';

/** A message about the stream itself, not about a room. */
type StreamMessage = ControlMessage | { event: 'service_error'; payload: ErrorBody };

/** One open event stream, of an `EventSource` or of our client. */
export abstract class SseConnection
  implements ServiceConnection, RoomConnection, WireConnection, CredentialHolder, ClientSocket
{
  readonly id = randomUUID();
  readonly takesControl = true;
  /** Whether the client would not notice that events are missing. */
  abstract readonly missesHoles: boolean;

  constructor(
    protected readonly stream: SseStream,
    readonly caller: Caller,
  ) {}

  get open(): boolean {
    return this.stream.open;
  }

  get backlog(): Backlog {
    return this.stream.backlog;
  }

  /** Begins the stream. */
  abstract start(): void;
  /** Sends an event; returns how many bytes were written. */
  abstract deliver(frames: SseFrames): number;
  /** Sends a snapshot in place of events that are missing. */
  abstract restart(snapshot: object, position: Position): void;
  abstract control(message: StreamMessage): void;

  warn(payload: ControlPayloads['auth_expiring']): void {
    this.control({ event: 'auth_expiring', payload });
  }

  sendError(error: ErrorBody): void {
    this.control({ event: 'service_error', payload: error });
  }

  /** Ends the stream after its unsent data; the client can come back and resume. */
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
