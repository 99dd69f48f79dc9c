import { randomUUID } from 'node:crypto';
import type {
  ControlPayloads,
  ErrorBody,
  LegacyFrame,
  LegacyRefusal,
  ControlMessage,
  RequestId,
  SentFrame,
} from '@switchyard/contract';
import type { WebSocket } from 'ws';
import type { Caller } from '../caller/caller.js';
import type { CredentialHolder } from '../identity/credential.expiry.js';
import type { ClientSocket } from '../limits/open.connections.js';
import type { ServiceConnection } from '../service/service.wire.js';
import type { RoomConnection } from '../room/room.connection.js';
import { startHeartbeat } from '../timer/heartbeat.timer.js';
import { backlogOfSocket, type Backlog } from '../wires/backlog.js';
import type { FrameText } from '../wires/frame.text.js';
import type { WireConnection } from '../wires/wire.js';
import { POLICY, closeSocket } from './closing.js';

/** The close code that tells a client to come back at once: WebSocket's own for a service that restarts. */
export const COME_BACK = 1012;
/** The close code of a connection that was refused for now. */
export const TRY_AGAIN_LATER = 1013;
/** The close code of a connection whose credential has ended, or was refused. */
export const UNAUTHENTICATED = 4401;

/** Stands for the close code of a connection that ended without one. */
const LOST = 1006;

/** The close code of a connection whose old wire is retired. */
export const RETIRED = 4410;

/** One old WebSocket, whatever rooms it is in. */
export abstract class WebSocketConnection
  implements ServiceConnection, RoomConnection, CredentialHolder, WireConnection
{
  readonly id = randomUUID();
  /** Whether the peer answered since the last ping. */
  alive = true;
  agent: string | undefined;
  /** Whether this process has ended it, or begun to. */
  private isEnded = false;
  /** Whether it is logged already that this client gets no answer. */
  wasRefused = false;
  /** Whether its frames are compressed, where the client has agreed to it; for each connection that costs more than it saves. */
  isCompressed = false;
  /** How the codec refuses this client for an error; undefined when it has no word for it. */
  refusalFor: (error: ErrorBody, request_id?: RequestId) => LegacyRefusal | undefined = () => undefined;
  /** The refusal with which the connection ends. */
  private refusal: LegacyRefusal | undefined;

  constructor(
    private readonly socket: WebSocket,
    private current: Caller,
  ) {
    socket.on('pong', () => (this.alive = true));
  }

  get caller(): Caller {
    return this.current;
  }

  /** Replaces the caller by the same one with a new credential. */
  renew(caller: Caller): void {
    this.current = caller;
  }

  /** Whether a connection that closed with this code was lost: neither side has said goodbye, nor has this process ended it. */
  isLost(code: number): boolean {
    return code === LOST && !this.isEnded;
  }

  get open(): boolean {
    return this.socket.readyState === this.socket.OPEN;
  }

  get backlog(): Backlog {
    return backlogOfSocket(this.socket);
  }

  /** How the connection is closed when its user has too many. */
  get eviction(): ClientSocket {
    return {
      sendError: (error) => this.sendError(error),
      close: () => this.part(POLICY, 'connection.limit'),
    };
  }

  /** Sends a frame to this connection only. */
  send(frame: SentFrame): void {
    if (frame instanceof Uint8Array) return this.sendText(frame, true);
    this.sendText(typeof frame === 'string' ? frame : JSON.stringify(frame));
  }

  /** Sends a frame that was encoded once for many connections; returns how many bytes were written. */
  sendShared(text: FrameText): number {
    if (!this.open) return 0;
    const bytes = text.for(this.id);
    this.sendText(bytes, text.isBinary);
    return bytes.length;
  }

  /** Pings the peer, or cuts the connection when it did not answer the last ping. */
  probe(): void {
    if (!this.alive) return this.socket.terminate();
    this.alive = false;
    this.socket.ping();
  }

  /** Whether the client understands control events; old wires have no word for one. */
  get takesControl(): boolean {
    return false;
  }

  /** Sends a control event, where the client understands it. */
  control(_message: ControlMessage): void {}

  /** Sends the client an error; false when the old wire has no frame for it. */
  abstract complain(error: ErrorBody): boolean;

  warn(payload: ControlPayloads['auth_expiring']): void {
    this.control({ event: 'auth_expiring', payload });
  }

  /** Sends the reason for the close that follows. */
  sendError(error: ErrorBody, request_id?: RequestId): void {
    this.refusal = this.refusalFor(error, request_id);
    if (!this.refusal) this.complain(error);
    else for (const frame of this.refusal.frames) this.send(frame);
  }

  end(): void {
    this.part(UNAUTHENTICATED, 'auth.expired');
  }

  retire(error: ErrorBody): void {
    this.dismiss(error, RETIRED);
  }

  /** Sends a client the error and closes its connection, as its codec does, else with this code. */
  dismiss(error: ErrorBody, code: number, request_id?: RequestId): void {
    try {
      this.sendError(error, request_id);
    } finally {
      this.part(code, error.code);
    }
  }

  close(code: number, reason: string): void {
    this.isEnded = true;
    closeSocket(this.socket, { code, reason });
  }

  terminate(): void {
    this.isEnded = true;
    this.socket.terminate();
  }

  protected sendText(text: string | Uint8Array, isBinary = false): void {
    if (this.open) this.socket.send(text, { binary: isBinary, compress: this.isCompressed });
  }

  /** Closes with the codec's code, else with this one. */
  private part(code: number, reason: string): void {
    const { close = { code, reason } } = this.refusal ?? {};
    this.close(close.code, close.reason);
  }

  /** Sends a frame every `every_ms` milliseconds for as long as the connection is open. */
  protected beat(every_ms: number, frame: () => LegacyFrame): void {
    this.onClose(startHeartbeat(every_ms, () => this.send(frame())));
  }

  protected onClose(closed: () => void): void {
    this.socket.once('close', closed);
  }
}
