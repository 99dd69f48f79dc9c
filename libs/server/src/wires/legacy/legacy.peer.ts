import {
  HIDDEN_EVENT,
  isPresenceEvent,
  type ControlPayloads,
  type ErrorBody,
  type LegacyCodec,
  type LegacyContext,
  type LegacyEnvelope,
  type LegacyFrame,
  type ServiceTypes,
} from '@switchyard/contract';
import type { WebSocket } from 'ws';
import type { Delivery } from '../../room/delivery.js';
import type { Caller } from '../../caller/caller.js';
import { timerMs } from '../../timer/long.timer.js';
import { LegacyConnection } from './legacy.connection.js';

/** An old-style WebSocket that is in exactly one room, the one its path names. */
export class LegacyPeer extends LegacyConnection {
  private silence: NodeJS.Timeout | undefined;

  constructor(
    socket: WebSocket,
    private readonly codec: LegacyCodec<ServiceTypes>,
    readonly key: string,
    caller: Caller,
    /** Whether the client asked for positions with `?switchyard=1`. */
    readonly positions: boolean,
    /** How long the server may be silent before the client should take it for gone, in ms. */
    private readonly silence_ms: number,
  ) {
    super(socket, caller);
    const { heartbeat } = codec;
    if (heartbeat) this.beat(heartbeat.every_ms, () => heartbeat.frame(this.context()));
  }

  /** Has `remind` called whenever nothing was sent for `after_ms` milliseconds, for as long as the socket is there. */
  whenSilent(after_ms: number, remind: () => void): void {
    const timer = (this.silence = setInterval(remind, timerMs(after_ms)));
    this.onClose(() => clearInterval(timer));
  }

  override send(frame: LegacyFrame): void {
    super.send(frame);
    this.silence?.refresh();
  }

  /** What a codec may need to know about this connection. */
  context(): LegacyContext {
    return { key: this.key, session_id: this.id, now: new Date().toISOString() };
  }

  /** Sends an event in the old wire's words, with its position added for a client that asked. */
  deliver({ event, payload, position }: Delivery): void {
    // Who is in a room is nothing that an old wire ever told.
    const isHidden = event === HIDDEN_EVENT || isPresenceEvent(event);
    const frame = isHidden ? undefined : this.codec.encodeEvent({ event, payload: payload as object }, this.context());
    if (!this.positions) return frame === undefined ? undefined : this.send(frame);
    this.envelop({ event, payload, ...position }, frame);
  }

  override probe(): void {
    super.probe();
    this.reassure();
  }

  /** Gives a client that asked for positions a sign of life: a browser sees no WebSocket ping. */
  reassure(): void {
    if (this.positions) this.envelop({ event: 'alive', payload: { within_ms: this.silence_ms } });
  }

  override warn(payload: ControlPayloads['auth_expiring']): void {
    if (this.positions) this.envelop({ event: 'auth_expiring', payload });
  }

  complain(error: ErrorBody): boolean {
    const frame = this.codec.encodeError?.(error, this.context());
    if (this.positions) this.envelop({ event: 'service_error', payload: error }, frame);
    else if (frame !== undefined) this.send(frame);
    return this.positions || frame !== undefined;
  }

  /** Says why there is nothing here for this client, in the frame that ours takes for an answer to its join. */
  refuse(error: ErrorBody): void {
    if (this.positions) this.envelop({ event: 'refused', error });
    else this.complain(error);
  }

  /** Sends what only a client that asked for it understands, riding on `frame` where the old wire has one. */
  envelop(_sy: LegacyEnvelope, frame?: LegacyFrame): void {
    this.send(typeof frame === 'object' ? { ...frame, _sy } : { type: '_sy', _sy });
  }
}
