import type { TimerSet } from '../timer/timer.set.js';
import type { TokenKeeper } from './token.keeper.js';

/** A connection that a token was shown on. */
export interface RenewedConnection {
  /** The token it has now. */
  token(): string | undefined;
  /** Shows it a new one, and says whether it was taken. */
  show(token: string): Promise<boolean>;
}

/** How short a time is not worth another attempt, in ms: the connection is ended then, and the next asks for a token itself. */
const TOO_SHORT_MS = 200;

/** Renews the token of an open connection before it ends, with half the time that is left between attempts. */
export class TokenRenewal {
  private cancel?: () => void;
  /** Tells an attempt that is under way from one that counts no more. */
  private turn = 0;

  constructor(
    private readonly connection: RenewedConnection,
    private readonly tokens: TokenKeeper,
    private readonly timers: TimerSet,
  ) {}

  /** Begins, with `left_ms` until the token ends. */
  begin(left_ms: number): void {
    this.stop();
    if (this.tokens.renewable) void this.attempt(performance.now() + left_ms, this.turn);
  }

  /** Gives it up: the connection is gone. */
  stop(): void {
    this.cancel?.();
    this.turn += 1;
  }

  private async attempt(ends: number, turn: number): Promise<void> {
    // A source that fails is asked again, like one that has nothing better yet.
    const isDone = await this.renew(turn).catch(() => false);
    const left = ends - performance.now();
    if (isDone || turn !== this.turn || left < TOO_SHORT_MS) return;
    this.cancel = this.timers.after(left / 2, () => void this.attempt(ends, turn));
  }

  private async renew(turn: number): Promise<boolean> {
    const spent = this.connection.token();
    const token = await this.tokens.renewed(spent);
    if (turn !== this.turn || token === undefined || token === spent) return false;
    return this.connection.show(token);
  }
}
