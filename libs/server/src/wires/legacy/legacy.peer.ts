import type {
  ErrorBody,
  LegacyCodec,
  LegacyContext,
  LegacyEnvelope,
  LegacyFrame,
  RequestId,
  ServiceTypes,
  ControlMessage,
  TextFields,
} from '@switchyard/contract';
import type { WebSocket } from 'ws';
import type { Caller } from '../../caller/caller.js';
import type { ClientSocket } from '../../limits/open.connections.js';
import { timerMs } from '../../timer/long.timer.js';
import { userOf } from '../../websocket/arrival.js';
import { WebSocketConnection } from '../../websocket/websocket.connection.js';
import { enveloped, type LegacyFrames } from './legacy.frames.js';

/** The close code of a client that asked for positions and was refused; the frame before it says why. */
export const REFUSED = 4404;

/** An old WebSocket that is in exactly one room, the one its path names. */
export class LegacyPeer extends WebSocketConnection {
  /** The id under which an old client returns; undefined where the old wire has none. */
  client_id: string | undefined;
  private silence: NodeJS.Timeout | undefined;

  constructor(
    socket: WebSocket,
    private readonly codec: LegacyCodec<ServiceTypes>,
    readonly key: string,
    caller: Caller,
    /** Whether the client asked for positions with `?switchyard=1`. */
    readonly positions: boolean,
    /** How long the server may be silent before the client considers it gone, in ms. */
    private readonly silence_ms: number,
    /** The query of the connection, without the token. */
    private readonly query: TextFields,
  ) {
    super(socket, caller);
    const { heartbeat } = codec;
    if (heartbeat) this.beat(heartbeat.every_ms, () => heartbeat.frame(this.context()));
  }

  override get eviction(): ClientSocket {
    if (!this.positions) return super.eviction;
    return { sendError: (error) => this.refuse(error), close: () => this.close(REFUSED, 'connection.limit') };
  }

  /** Calls `remind` whenever nothing was sent for `after_ms` milliseconds, until the connection closes. */
  whenSilent(after_ms: number, remind: () => void): void {
    const timer = (this.silence = setInterval(remind, timerMs(after_ms)));
    this.onClose(() => clearInterval(timer));
  }

  /** The codec's context for a frame to this connection. */
  context(request_id?: RequestId): LegacyContext {
    const { key, id: session_id, client_id, query, caller } = this;
    const now = new Date().toISOString();
    const context = { key, session_id, now, query, ...userOf(caller), ...(client_id !== undefined && { client_id }) };
    return request_id === undefined ? context : { ...context, request_id };
  }

  /** Sends an event in the old wire's words, or with its position to a client that asked for positions; returns the bytes. */
  deliver(frames: LegacyFrames): number {
    const text = this.positions ? frames.positioned : frames.oldFor(() => this.context());
    return text ? this.sendShared(text) : 0;
  }

  override probe(): void {
    super.probe();
    this.reassure();
  }

  /** Sends a sign of life to a client that asked for positions: a page sees no WebSocket ping. */
  reassure(): void {
    if (this.positions) this.envelop({ event: 'alive', payload: { within_ms: this.silence_ms } });
  }

  override get takesControl(): boolean {
    return this.positions;
  }

  get isOurClient(): boolean {
    return this.positions;
  }

  override control(message: ControlMessage): void {
    if (this.positions) this.envelop(message);
  }

  complain(error: ErrorBody): boolean {
    const frame = this.errorFrame(error);
    if (frame !== undefined) this.send(frame);
    return frame !== undefined;
  }

  /** The frame of an error, for the request that it answers; undefined when the client would not understand it. */
  errorFrame(error: ErrorBody, request_id?: RequestId): LegacyFrame | undefined {
    const frame = this.codec.encodeError?.(error, this.context(request_id));
    return this.positions ? enveloped({ event: 'service_error', payload: error }, frame) : frame;
  }

  /** Refuses the join of a client that asked for positions; ours takes this frame for the answer. */
  refuse(error: ErrorBody): void {
    this.envelop({ event: 'refused', error });
  }

  override retire(error: ErrorBody): void {
    if (!this.positions) return super.retire(error);
    this.refuse(error);
    this.close(REFUSED, error.code);
  }

  /** Sends what only a client that asked for positions understands, added to `frame` where the old wire has one. */
  envelop(_sy: LegacyEnvelope, frame?: LegacyFrame): void {
    this.send(enveloped(_sy, frame));
  }

  protected override sendText(text: string | Uint8Array, isBinary?: boolean): void {
    super.sendText(text, isBinary);
    this.silence?.refresh();
  }
}
