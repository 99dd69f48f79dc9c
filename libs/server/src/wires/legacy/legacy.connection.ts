import { randomUUID } from 'node:crypto';
import type { ControlPayloads, ErrorBody, LegacyFrame } from '@switchyard/contract';
import type { WebSocket } from 'ws';
import type { CredentialHolder } from '../../identity/credential.expiry.js';
import type { RoomConnection } from '../../room/room.connection.js';
import type { Caller } from '../../caller/caller.js';
import { timerMs } from '../../timer/long.timer.js';
import { backlogOfSocket, type Backlog } from '../backlog.js';

/** The close code of a socket that is one too many for its user, WebSocket's own for a policy that is broken. */
export const EVICTED = 1008;
/** The close code of a socket whose client is to come back at once, WebSocket's own for a service that restarts. */
export const COME_BACK = 1012;
/** The close code of a socket whose credential has ended. */
const UNAUTHENTICATED = 4401;
/** The close code of a socket that was refused for now. */
export const TRY_AGAIN_LATER = 1013;

/** One old-style WebSocket, whatever it is a member of. */
export abstract class LegacyConnection implements RoomConnection, CredentialHolder {
  readonly id = randomUUID();
  /** Whether the peer answered since it was last asked. */
  alive = true;
  /** Whether it was logged that this client is refused in silence. */
  wasRefused = false;

  constructor(
    private readonly socket: WebSocket,
    readonly caller: Caller,
  ) {
    socket.on('pong', () => (this.alive = true));
  }

  get open(): boolean {
    return this.socket.readyState === this.socket.OPEN;
  }

  /** What waits to be sent. */
  get backlog(): Backlog {
    return backlogOfSocket(this.socket);
  }

  /** Sends a frame as it is. */
  send(frame: LegacyFrame): void {
    if (this.open) this.socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame));
  }

  /** Asks the peer for a sign of life; one that gave none since the last time is cut off. */
  probe(): void {
    if (!this.alive) return this.socket.terminate();
    this.alive = false;
    this.socket.ping();
  }

  /** Tells the client what was refused; false when the old wire has no words for it. */
  abstract complain(error: ErrorBody): boolean;

  /** An old wire has no word for it; a client that asked for positions is told. */
  warn(_payload: ControlPayloads['auth_expiring']): void {}

  tell(error: ErrorBody): void {
    this.complain(error);
  }

  end(): void {
    this.close(UNAUTHENTICATED, 'auth.expired');
  }

  close(code: number, reason: string): void {
    this.socket.close(code, reason);
  }

  /** Cuts the connection without waiting for the peer. */
  terminate(): void {
    this.socket.terminate();
  }

  /** Sends a frame every `every_ms` milliseconds for as long as the socket is there. */
  protected beat(every_ms: number, frame: () => LegacyFrame): void {
    const timer = setInterval(() => this.send(frame()), timerMs(every_ms));
    this.onClose(() => clearInterval(timer));
  }

  protected onClose(closed: () => void): void {
    this.socket.once('close', closed);
  }
}
