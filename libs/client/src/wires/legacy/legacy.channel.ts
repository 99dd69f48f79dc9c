import type { ControlMessage, RemoteFault, Reply } from '@switchyard/contract';
import { backoffDelay, type BackoffOptions } from '../../backoff/backoff.js';
import type { TokenKeeper } from '../../identity/token.keeper.js';
import { TokenRenewal } from '../../identity/token.renewal.js';
import { TimerSet } from '../../timer/timer.set.js';
import { LegacyConnection, type LegacyConnectionOptions } from './legacy.connection.js';
import type { RoomSink } from '../../transport/transport.js';

/** What a channel needs besides its connections' options. */
export interface LegacyChannelOptions extends LegacyConnectionOptions {
  tokens: TokenKeeper;
  backoff: BackoffOptions;
  control(message: ControlMessage): void;
  changed(): void;
}

/**
 * One room on an old wire. It has its own WebSocket, opens another from the room's position after a loss, and replaces it
 * by one with a new token before the token expires.
 */
export class LegacyChannel {
  /** *lost*: until the server has answered on a new socket. */
  status: 'opening' | 'joined' | 'lost' = 'opening';
  /** The number of failed attempts since the last answer. */
  failures = 0;
  #Connection = LegacyConnection;
  #current?: LegacyConnection;
  /** The connection that replaces `current` once it has joined; `settle` receives whether it did. */
  #next?: { connection: LegacyConnection; settle: (hasJoined: boolean) => void };
  readonly #timers = new TimerSet();
  readonly #renewal: TokenRenewal;
  #closed = false;

  constructor(
    readonly room: RoomSink,
    private readonly options: LegacyChannelOptions,
  ) {
    const renewable = { token: () => this.#current?.token, reauthenticate: (token: string) => this.#replace(token) };
    this.#renewal = new TokenRenewal(renewable, options.tokens, this.#timers);
  }

  /** Opens a socket, in place of one that is open. */
  async open(): Promise<void> {
    this.#closeSockets();
    const { codec, tokens } = this.options;
    const token = await tokens.token().catch(() => undefined);
    if (codec?.decodeReply ?? codec?.decodeBinaryEvent) {
      const load = import('./answering.connection.js').catch(() => undefined);
      this.#Connection = (await load)?.AnsweringConnection ?? LegacyConnection;
    }
    if (this.#closed) return;
    this.room.joining('legacy');
    this.#current = this.#createConnection(token);
    this.#current.open();
  }

  /** Makes a call on the room's socket; undefined when it has none that answers calls. @throws Fault `wire.lost` */
  call(name: string, payload: object): Promise<Reply> | undefined {
    return this.status === 'joined' ? this.#current?.call?.(name, payload) : undefined;
  }

  close(): void {
    this.#closed = true;
    this.#closeSockets();
    this.#timers.close();
  }

  /** Opens a second socket at the room's position, which replaces the first once it has joined. */
  #replace(token: string): Promise<boolean> {
    this.#discardNext();
    return new Promise((settle) => {
      const connection = this.#createConnection(token);
      this.#next = { connection, settle };
      connection.open();
    });
  }

  #createConnection(token: string | undefined): LegacyConnection {
    const { room, options } = this;
    const connection: LegacyConnection = new this.#Connection(room, token, options, this.#timers, {
      joined: (reply) => {
        if (connection === this.#next?.connection) this.#promoteNext();
        this.status = 'joined';
        this.failures = 0;
        options.tokens.accepted();
        room.joined('legacy', reply);
        options.changed();
      },
      event: (event) => room.event('legacy', event),
      control: (message) => {
        if (message.event === 'auth_expiring') this.#renewal.begin(message.payload.expires_in_ms);
        options.control(message);
      },
      refused: (fault) => {
        if (connection === this.#next?.connection) return this.#discardNext();
        this.#refuse(fault);
      },
      lost: (expired) => {
        if (connection === this.#next?.connection) return this.#discardNext();
        if (expired) options.tokens.refused(connection.token, expired);
        if (expired && options.tokens.isFixed) return this.#refuse(expired);
        this.#lost();
      },
    });
    return connection;
  }

  #promoteNext(): void {
    const { connection, settle } = this.#next!;
    this.#current?.close();
    this.#current = connection;
    this.#next = undefined;
    settle(true);
  }

  #discardNext(): void {
    const next = this.#next;
    this.#next = undefined;
    next?.connection.close();
    next?.settle(false);
  }

  #closeSockets(): void {
    this.#renewal.stop();
    this.#discardNext();
    this.#current?.close();
    this.#current = undefined;
  }

  #lost(): void {
    if (this.status !== 'joined') this.failures += 1;
    this.status = 'lost';
    this.#closeSockets();
    this.room.lost('legacy');
    const { backoff, tokens } = this.options;
    // A browser hides why an upgrade was refused; a poll may have found that the token was.
    const delayMs = Math.max(backoffDelay(backoff, this.failures), tokens.retryDelay());
    this.#timers.after(delayMs, () => void this.open());
    this.options.changed();
  }

  #refuse(fault: RemoteFault): void {
    this.close();
    this.room.refused('legacy', fault);
  }
}
