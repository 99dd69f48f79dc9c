import { randomUUID } from 'node:crypto';
import type { ErrorBody, LegacyCodec, LegacyContext, LegacyEnvelope, LegacyFrame, ServiceTypes } from '@switchyard/contract';
import type { WebSocket } from 'ws';
import type { Delivery } from '../../room/delivery.js';
import type { RoomMember } from '../../room/room.member.js';
import type { Caller } from '../../service/caller.js';

/** One old-style WebSocket: it is in exactly one room, the one its path names. */
export class LegacyPeer implements RoomMember {
  readonly id = randomUUID();
  /** Whether the peer answered since it was last asked. */
  alive = true;
  private heartbeat: NodeJS.Timeout | undefined;

  constructor(
    private readonly socket: WebSocket,
    private readonly codec: LegacyCodec<ServiceTypes>,
    readonly key: string,
    readonly caller: Caller,
    /** Whether the client asked for positions with `?switchyard=1`. */
    readonly positions: boolean,
  ) {
    socket.on('pong', () => (this.alive = true));
    const { heartbeat } = codec;
    if (heartbeat) this.heartbeat = setInterval(() => this.send(heartbeat.frame(this.context())), heartbeat.every_ms);
    socket.once('close', () => clearInterval(this.heartbeat));
  }

  get open(): boolean {
    return this.socket.readyState === this.socket.OPEN;
  }

  /** What a codec may need to know about this connection. */
  context(): LegacyContext {
    return { key: this.key, session_id: this.id, now: new Date().toISOString() };
  }

  /** Sends an event in the old wire's words, with its position added for a client that asked. */
  deliver({ event, payload, position }: Delivery): void {
    const frame = this.codec.encodeEvent({ event, payload: payload as object }, this.context());
    if (!this.positions) return frame === undefined ? undefined : this.send(frame);
    this.envelop({ event, payload, ...position }, frame);
  }

  /** Tells the client that its call was refused, in the old wire's words where it has them. */
  complain(error: ErrorBody): void {
    const frame = this.codec.encodeError?.(error, this.context());
    if (this.positions) this.envelop({ event: 'service_error', payload: error }, frame);
    else if (frame !== undefined) this.send(frame);
  }

  /** Sends a frame as it is. */
  send(frame: LegacyFrame): void {
    if (this.open) this.socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame));
  }

  /** Sends what only a client that asked for it understands, riding on `frame` where the old wire has one. */
  envelop(_sy: LegacyEnvelope, frame?: LegacyFrame): void {
    this.send(typeof frame === 'object' ? { ...frame, _sy } : { type: '_sy', _sy });
  }

  /** Asks the peer for a sign of life; one that gave none since the last time is cut off. */
  probe(): void {
    if (!this.alive) return this.socket.terminate();
    this.alive = false;
    this.socket.ping();
  }

  close(code: number, reason: string): void {
    this.socket.close(code, reason);
  }

  /** Cuts the connection without waiting for the peer. */
  terminate(): void {
    this.socket.terminate();
  }
}
