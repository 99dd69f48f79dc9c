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
  follow(address: ServiceAddress, isAnnounced: boolean): Promise<boolean>;
}

/** The longest wait between two lookups, as a multiple of the longest wait between two connections. */
const MAX_WAIT_FACTOR = 20;

/**
 * Asks for a service's address whenever it could not be told of a change, and follows the answer: the service may have moved
 * while the client was offline, and a browser hides the refusal that says so. While nothing serves, and after a failed
 * move, it asks again, less and less often.
 */
export class AddressLookup {
  #reach: Reach = 'starting';
  /** The number of answers since the reach changed or the server announced an address. */
  #answers = 0;
  /** The last announced address, a new object with each announcement. */
  #announced?: ServiceAddress;
  #cancelNext?: () => void;
  readonly #timers = new TimerSet();

  constructor(private readonly options: AddressLookupOptions) {}

  /** Notes how the service is reached now. */
  review(reach: Reach): void {
    const before = this.#reach;
    if (reach === before) return;
    this.#reach = reach;
    this.#answers = 0;
    // A fallback carries announcements too, so that no change was missed until the wire came back.
    const isNews = reach !== 'wire' || before === 'nothing';
    if (isNews) this.lookUp(reach !== 'nothing');
  }

  /** Asks for the service's current address, and moves there. */
  lookUp(isReachable: boolean): void {
    const { latest } = this.options;
    this.#cancelNext?.();
    if (latest) this.#follow(latest(isReachable), false);
    else this.#followAnnounced();
  }

  /**
   * Moves to an announced address at a random moment within `ms` milliseconds, so that the clients of a service do not all
   * move at once; when the reach changes, nobody waits.
   */
  announce(address: ServiceAddress, ms: number): void {
    this.#announced = address;
    this.#answers = 0;
    this.#next(Math.random() * ms, () => this.#followAnnounced());
  }

  close(): void {
    this.#timers.close();
  }

  #followAnnounced(): void {
    if (this.#announced) this.#follow(Promise.resolve(this.#announced), true);
  }

  #follow(asked: Promise<ServiceAddress>, isAnnounced: boolean): void {
    let announced = this.#announced;
    const isOvertaken = () => announced !== this.#announced;
    asked
      .then((address) => {
        // The server may have given an older answer before it announced another wire.
        if (isOvertaken() && address.wire !== this.#announced?.wire) return true;
        // The announced move is the same, and this is the attempt at it.
        announced = this.#announced;
        // A newer answer ends the wait of an announced move.
        this.#cancelNext?.();
        return this.options.follow(address, isAnnounced);
      })
      .then(
        (isSettled) => (isOvertaken() || (isSettled && this.#isServed()) ? undefined : this.#lookUpLater()),
        // A server that does not know the service may be an old version during a deployment.
        () => (isOvertaken() ? undefined : this.#lookUpLater()),
      );
  }

  /** Whether the server can announce a change. */
  #isServed(): boolean {
    return this.#reach === 'wire' || this.#reach === 'fallback';
  }

  #lookUpLater(): void {
    const { minMs, maxMs } = this.options.backoff;
    this.#answers += 1;
    const delayMs = backoffDelay({ minMs: minMs + maxMs, maxMs }, this.#answers, MAX_WAIT_FACTOR);
    this.#next(delayMs, () => this.lookUp(false));
  }

  #next(ms: number, action: () => void): void {
    this.#cancelNext?.();
    this.#cancelNext = this.#timers.after(ms, action);
  }
}
