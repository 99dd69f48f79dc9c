import type { ServiceAddress } from '@switchyard/contract';
import { backoffDelay, type BackoffOptions } from '../backoff/backoff.js';
import { TimerSet } from '../timer/timer.set.js';

/** How a service is reached: on its own wire, on a fallback, or not at all; `starting` before the first attempt ends. */
export type Reach = 'starting' | 'wire' | 'fallback' | 'nothing';

/** How an address lookup asks the server, and follows the answer. */
export interface AddressLookupOptions {
  backoff: BackoffOptions;
  /** Asks the server, as `ConfigSource.latest` does; undefined when the page has a fixed configuration. */
  latest?(isReachable: boolean): Promise<ServiceAddress>;
  /** Moves the service to the address; resolves with false when the move failed and the service stays. */
  follow(address: ServiceAddress): Promise<boolean>;
}

/** The longest wait between two lookups, as a multiple of the longest wait between two connections. */
const MAX_WAIT_FACTOR = 20;

/**
 * Asks for a service's address whenever its reach changes, and follows the answer: the service may have moved while the
 * client was offline, and a browser hides the refusal that says so.
 */
export class AddressLookup {
  private reach: Reach = 'starting';
  /** The number of answers since the reach changed. */
  private answers = 0;
  private cancelNext?: () => void;
  private readonly timers = new TimerSet();

  constructor(private readonly options: AddressLookupOptions) {}

  /** Notes how the service is reached now. */
  review(reach: Reach): void {
    const before = this.reach;
    if (reach === before) return;
    this.reach = reach;
    this.answers = 0;
    if (before !== 'starting' || reach !== 'wire') this.lookUp(reach !== 'nothing');
  }

  /** Asks for the service's current address, and moves there. */
  lookUp(isReachable: boolean): void {
    const { latest, follow } = this.options;
    this.cancelNext?.();
    if (!latest) return;
    latest(isReachable)
      .then(follow)
      .then(
        (isSettled) => (isSettled && this.reach === 'wire' ? undefined : this.lookUpLater()),
        // A server that does not know the service may be an old version during a deployment.
        () => this.lookUpLater(),
      );
  }

  close(): void {
    this.timers.close();
  }

  private lookUpLater(): void {
    const { minMs, maxMs } = this.options.backoff;
    this.answers += 1;
    this.cancelNext?.();
    const delayMs = backoffDelay({ minMs: minMs + maxMs, maxMs: MAX_WAIT_FACTOR * maxMs }, this.answers);
    this.cancelNext = this.timers.after(delayMs, () => this.lookUp(false));
  }
}
