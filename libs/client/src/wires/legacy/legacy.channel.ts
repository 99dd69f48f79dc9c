import type { RemoteFault } from '@switchyard/contract';
import { backoffDelay, type BackoffOptions } from '../../backoff/backoff.js';
import type { TokenKeeper } from '../../identity/token.keeper.js';
import { TokenRenewal } from '../../identity/token.renewal.js';
import { TimerSet } from '../../timer/timer.set.js';
import { LegacyConnection, type LegacyConnectionOptions } from './legacy.connection.js';
import type { ControlMessage, RoomSink } from '../../transport/transport.js';

/** What a channel needs beside that of its lines. */
export interface LegacyChannelOptions extends LegacyConnectionOptions {
  tokens: TokenKeeper;
  backoff: BackoffOptions;
  control(message: ControlMessage): void;
  changed(): void;
}

/**
 * One room on an old wire: a WebSocket of its own, opened again from the room's position whenever it is lost, and
 * replaced by one with a new token before that ends.
 */
export class LegacyChannel {
  /** *lost* until the server has answered on a new socket. */
  status: 'opening' | 'joined' | 'lost' = 'opening';
  /** Attempts that failed since the last answer. */
  failures = 0;
  private line?: LegacyConnection;
  /** The one that is to take the place of `line`, and what is to be told of how that went. */
  private next?: { line: LegacyConnection; settle: (isThere: boolean) => void };
  private readonly timers = new TimerSet();
  private readonly renewal: TokenRenewal;
  private closed = false;

  constructor(
    readonly room: RoomSink,
    private readonly options: LegacyChannelOptions,
  ) {
    const connection = { token: () => this.line?.token, reauthenticate: (token: string) => this.replace(token) };
    this.renewal = new TokenRenewal(connection, options.tokens, this.timers);
  }

  /** Opens the socket, or opens it anew. */
  async open(): Promise<void> {
    this.drop();
    const token = await this.options.tokens.token().catch(() => undefined);
    if (this.closed) return;
    this.room.joining('legacy');
    this.line = this.make(token);
    this.line.open();
  }

  close(): void {
    this.closed = true;
    this.drop();
    this.timers.close();
  }

  /** Opens a second socket at the room's position, to take over once it has joined; until then the first carries on. */
  private replace(token: string): Promise<boolean> {
    return new Promise((settle) => {
      const line = this.make(token);
      this.next = { line, settle };
      line.open();
    });
  }

  private make(token: string | undefined): LegacyConnection {
    const { room: member, options } = this;
    const line: LegacyConnection = new LegacyConnection(member, token, options, this.timers, {
      joined: (reply) => {
        if (line === this.next?.line) this.take();
        this.status = 'joined';
        this.failures = 0;
        options.tokens.accepted();
        member.joined('legacy', reply);
        options.changed();
      },
      event: (event) => member.event('legacy', event),
      control: (message) => {
        if (message.event === 'auth_expiring') this.renewal.begin(message.payload.expires_in_ms);
        options.control(message);
      },
      refused: (fault) => {
        if (line === this.next?.line) return this.giveUpNext();
        this.refuse(fault);
      },
      lost: (expired) => {
        if (line === this.next?.line) return this.giveUpNext();
        if (expired) options.tokens.refused(line.token, expired);
        if (expired && options.tokens.isFixed) return this.refuse(expired);
        this.lost();
      },
    });
    return line;
  }

  private take(): void {
    const { line, settle } = this.next!;
    this.line?.close();
    this.line = line;
    this.next = undefined;
    settle(true);
  }

  private giveUpNext(): void {
    const { next } = this;
    this.next = undefined;
    next?.line.close();
    next?.settle(false);
  }

  private drop(): void {
    this.renewal.stop();
    this.giveUpNext();
    this.line?.close();
    this.line = undefined;
  }

  private lost(): void {
    if (this.status !== 'joined') this.failures += 1;
    this.status = 'lost';
    this.drop();
    this.room.lost('legacy');
    const { backoff, tokens } = this.options;
    // A browser cannot see why an upgrade is refused: that it is the token, a poll has found out.
    const delay = Math.max(backoffDelay(backoff, this.failures), tokens.retryDelay());
    this.timers.after(delay, () => void this.open());
    this.options.changed();
  }

  private refuse(fault: RemoteFault): void {
    this.close();
    this.room.refused('legacy', fault);
  }
}
