import {
  isPresenceEvent,
  type ContractEvent,
  type ErrorBody,
  type MultiplexCodec,
  type MultiplexContext,
  type ServiceTypes,
} from '@switchyard/contract';
import type { WebSocket } from 'ws';
import type { Caller } from '../../caller/caller.js';
import { LegacyConnection } from './legacy.connection.js';

/** An old-style WebSocket that is in as many rooms as it has named. */
export class MultiplexPeer extends LegacyConnection {
  /** Keys of the rooms it is in. */
  readonly rooms = new Set<string>();
  private turn: Promise<void> = Promise.resolve();

  constructor(
    socket: WebSocket,
    private readonly codec: MultiplexCodec<ServiceTypes>,
    caller: Caller,
  ) {
    super(socket, caller);
    const { heartbeat } = codec;
    if (heartbeat) this.beat(heartbeat.every_ms, () => heartbeat.frame(this.context()));
  }

  /** What a codec may need to know about this connection. */
  context(correlation_id?: string): MultiplexContext {
    const now = new Date().toISOString();
    return { session_id: this.id, now, ...(correlation_id !== undefined && { correlation_id }) };
  }

  /** Sends an event of the room `key` in the old wire's words. */
  deliver(key: string, event: ContractEvent<ServiceTypes>): void {
    if (isPresenceEvent(event.event)) return;
    const frame = this.codec.encodeEvent(event, { ...this.context(), key });
    if (frame !== undefined) this.send(frame);
  }

  complain(error: ErrorBody, correlation_id?: string): boolean {
    this.send(this.codec.encodeError(error, this.context(correlation_id)));
    return true;
  }

  /** Does work that must not overtake what this client asked for before; it must not throw. */
  inTurn(work: () => Promise<void>): void {
    this.turn = this.turn.then(work);
  }
}
