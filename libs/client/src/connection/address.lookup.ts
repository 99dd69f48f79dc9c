import type { ServiceAddress } from '@switchyard/contract';
import { backoffDelay, type BackoffOptions } from '../backoff/backoff.js';
import { TimerSet } from '../timer/timer.set.js';

/** How a service is reached: by its own wire, by a fallback, or not at all; `starting` before the first of them. */
export type Reach = 'starting' | 'wire' | 'fallback' | 'nothing';

/** What an address lookup works with. */
export interface AddressLookupOptions {
  backoff: BackoffOptions;
  /** Asks the server; see `ConfigSource.latest`. Undefined where the configuration is given and never changes. */
  latest?(isReachable: boolean): Promise<ServiceAddress>;
  /** Goes to the address; false when the service stays where it is because the way there is closed. */
  follow(address: ServiceAddress): Promise<boolean>;
}

/** How many times longer than between two connections the wait between two lookups gets while a wire stays away. */
const MAX_PATIENCE = 20;

/**
 * Asks where a service belongs whenever what reaches it changes, and follows the answer: while a client was away its
 * service may have been moved, and a browser is not shown the refusal that says so.
 */
export class AddressLookup {
  private reach: Reach = 'starting';
  /** Answers that changed nothing since the reach changed. */
  private answers = 0;
  private cancelNext?: () => void;
  private readonly timers = new TimerSet();

  constructor(private readonly options: AddressLookupOptions) {}

  /** Takes note of how the service is reached now. */
  review(reach: Reach): void {
    const before = this.reach;
    if (reach === before) return;
    this.reach = reach;
    this.answers = 0;
    if (before !== 'starting' || reach !== 'wire') this.look(reach !== 'nothing');
  }

  /** Asks where the service belongs now, and goes there. */
  look(isReachable: boolean): void {
    const { latest, follow } = this.options;
    this.cancelNext?.();
    if (!latest) return;
    latest(isReachable)
      .then(follow)
      .then(
        (isSettled) => (isSettled && this.reach === 'wire' ? undefined : this.lookLater()),
        // A server that does not name the service may be one of several versions that are being exchanged.
        () => this.lookLater(),
      );
  }

  close(): void {
    this.timers.close();
  }

  private lookLater(): void {
    const { minMs, maxMs } = this.options.backoff;
    this.answers += 1;
    this.cancelNext?.();
    const delay = backoffDelay({ minMs: minMs + maxMs, maxMs: MAX_PATIENCE * maxMs }, this.answers);
    this.cancelNext = this.timers.after(delay, () => this.look(false));
  }
}
