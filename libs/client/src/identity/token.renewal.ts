import type { TimerSet } from '../timer/timer.set.js';
import type { TokenKeeper } from './token.keeper.js';

/** A connection that was authenticated with a token. */
export interface RenewableConnection {
  /** The token in use now. */
  token(): string | undefined;
  /** Sends a new token; resolves with whether the server accepted it. */
  reauthenticate(token: string): Promise<boolean>;
}

/** With less time left there is no attempt, in ms: the next connection asks for a token itself. */
const TOO_SHORT_MS = 200;

/** Renews the token of an open connection before it expires; after a failed attempt it waits half the time left. */
export class TokenRenewal {
  #cancel?: () => void;
  /** Changes with each begin and stop, so that a running attempt sees that it is out of date. */
  #turn = 0;

  constructor(
    private readonly connection: RenewableConnection,
    private readonly tokens: TokenKeeper,
    private readonly timers: TimerSet,
  ) {}

  /** Starts to renew a token that expires in `left_ms`. */
  begin(left_ms: number): void {
    this.stop();
    if (this.tokens.renewable) void this.#attempt(performance.now() + left_ms, this.#turn);
  }

  /** Stops renewing, because the connection is gone. */
  stop(): void {
    this.#cancel?.();
    this.#turn += 1;
  }

  async #attempt(ends: number, turn: number): Promise<void> {
    // A source that fails is asked again, like one that has no newer token yet.
    const isDone = await this.#renew(turn).catch(() => false);
    const left = ends - performance.now();
    // Written so that a time which is no number ends the attempts.
    if (isDone || turn !== this.#turn || !(left >= TOO_SHORT_MS)) return;
    this.#cancel = this.timers.after(left / 2, () => void this.#attempt(ends, turn));
  }

  async #renew(turn: number): Promise<boolean> {
    const spent = this.connection.token();
    const token = await this.tokens.renewed(spent);
    if (turn !== this.#turn || token === undefined || token === spent) return false;
    return this.connection.reauthenticate(token);
  }
}
