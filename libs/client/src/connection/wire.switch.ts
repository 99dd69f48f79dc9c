import { Fault, type RemoteFault } from '@switchyard/contract';
import type { RoomSubscription } from '../room/room.subscription.js';
import { TimerSet } from '../timer/timer.set.js';
import { isRedirect } from '../transport/refusal.js';
import type { Transport } from '../transport/transport.js';

/** When a move to another wire fails. */
export interface WireSwitchLimits {
  /** The number of failed attempts to connect. */
  attempts: number;
  /** The longest time without progress, in milliseconds: the new wire connects and answers joins meanwhile. */
  silenceMs: number;
}

/** A move in progress to another wire, which is made once every room is live there. */
export class WireSwitch {
  #isReady = false;
  #failure?: Fault | RemoteFault;
  /** The states of the new wire so far; one that only comes back is no progress. */
  readonly #progress = new Set<string>();
  #cancelDeadline?: () => void;
  #notify: () => void = () => undefined;
  readonly #timers = new TimerSet();

  constructor(
    readonly transport: Transport,
    private readonly limits: WireSwitchLimits,
  ) {}

  /** Whether every room is live on the new wire now. */
  get isLive(): boolean {
    return this.#isReady && !this.#failure;
  }

  /** Resolves once every room is live on the new wire; rejects when the move failed. */
  async live(): Promise<void> {
    while (!this.isLive) {
      if (this.#failure) throw this.#failure;
      await new Promise<void>((resolve) => (this.#notify = resolve));
    }
  }

  /** Fails the move. */
  abandon(reason: Fault | RemoteFault): void {
    this.#failure ??= reason;
    this.end();
    this.#notify();
  }

  /** Ends the time limit. */
  end(): void {
    this.#timers.close();
  }

  /** Starts the time limit anew, with `ms` more. */
  extend(ms: number): void {
    this.#cancelDeadline?.();
    this.#cancelDeadline = this.#timers.after(this.limits.silenceMs + ms, () => this.abandon(new Fault('wire.lost')));
  }

  /** Checks whether the new wire serves every room, or has failed. */
  review(rooms: Iterable<RoomSubscription>): void {
    const { status, failures, fault } = this.transport.state$.value;
    // A wire that names another one says that the advice changed.
    if (status === 'closed' || failures >= this.limits.attempts || (fault && isRedirect(fault)))
      return this.abandon(fault ?? new Fault('wire.lost'));
    const waiting = [...rooms].filter((room) => !room.isLive(this.transport.wire)).length;
    const progress = `${status} ${failures} ${waiting}`;
    if (!this.#progress.has(progress)) this.extend(0);
    this.#progress.add(progress);
    this.#isReady = status === 'connected' && waiting === 0;
    if (this.#isReady) this.#notify();
  }
}
