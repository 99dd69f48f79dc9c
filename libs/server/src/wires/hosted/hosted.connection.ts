import { randomUUID } from 'node:crypto';
import type { Duplex } from 'node:stream';
import type { ErrorBody } from '@switchyard/contract';
import type { Caller } from '../../caller/caller.js';
import type { ServiceConnection } from '../../service/service.wire.js';
import { COME_BACK, RETIRED } from '../../websocket/websocket.connection.js';
import type { Backlog } from '../backlog.js';
import type { WireConnection } from '../wire.js';
import type { HostedClient } from './hosted.handler.js';

/** Stands for the close code of a connection that ended without one. */
const LOST = 1006;

/** One connection that code of the host serves. */
export class HostedConnection implements ServiceConnection, WireConnection {
  readonly id = randomUUID();
  readonly takesControl = false;
  /** What it has not sent yet is the business of its handler. */
  readonly backlog: Backlog = { bytes: 0, level: 0 };
  private client: HostedClient | undefined;
  private isEnded = false;

  /** @param ended called once it has closed, with whether it was lost: neither side has said goodbye */
  constructor(
    private readonly socket: Duplex,
    readonly caller: Caller,
    readonly agent: string | undefined,
    private readonly ended: (isLost: boolean) => void,
  ) {
    socket.once('close', (hadError: boolean) => {
      if (!this.client) this.ended(hadError && !this.isEnded);
    });
  }

  /** The handler has made a WebSocket of it. */
  opened(client: HostedClient): void {
    this.client = client;
    client.once('close', (code) => this.ended(code === LOST && !this.isEnded));
  }

  /** Its client understands no events of the framework. */
  control(): void {}

  retire({ code }: ErrorBody): void {
    this.isEnded = true;
    if (this.client) this.client.close(RETIRED, code);
    // Bytes of ours could fall between those of the handler, so there is no close code.
    else this.socket.end(() => this.socket.destroy());
  }

  /** Asks the client to come back; a connection whose protocol is not known is left to its handler. */
  close(): void {
    this.isEnded = true;
    this.client?.close(COME_BACK, 'service restart');
  }

  terminate(): void {
    this.isEnded = true;
    this.socket.destroy();
  }
}
