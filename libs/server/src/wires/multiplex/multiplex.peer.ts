import type { ErrorBody, MultiplexCodec, MultiplexContext, ServiceTypes } from '@switchyard/contract';
import type { WebSocket } from 'ws';
import type { Caller } from '../../caller/caller.js';
import { WebSocketConnection } from '../../websocket/websocket.connection.js';

/** An old WebSocket that is in as many rooms as its client has named. */
export class MultiplexPeer extends WebSocketConnection {
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

  /** The codec's context for a frame to this connection. */
  context(correlation_id?: string): MultiplexContext {
    const now = new Date().toISOString();
    return { session_id: this.id, now, ...(correlation_id !== undefined && { correlation_id }) };
  }

  complain(error: ErrorBody, correlation_id?: string): boolean {
    this.send(this.codec.encodeError(error, this.context(correlation_id)));
    return true;
  }

  /** Does work after the client's earlier requests; the work must not throw. */
  inTurn(work: () => Promise<void>): void {
    this.turn = this.turn.then(work);
  }
}
