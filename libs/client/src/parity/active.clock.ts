/** The longest time between two readings that counts in full, in ms. */
const MAX_STEP_MS = 1000;

/**
 * A monotonic clock that nearly stands still while the page does: of a long time without a reading, such as the sleep of a
 * machine, it counts one second. So an event that waited in a socket meanwhile is not late.
 */
export class ActiveClock {
  #elapsed = 0;
  #readAt: number;

  constructor(private readonly time: () => number = () => performance.now()) {
    this.#readAt = time();
  }

  /** The time in ms. */
  now(): number {
    const at = this.time();
    this.#elapsed += Math.min(at - this.#readAt, MAX_STEP_MS);
    this.#readAt = at;
    return this.#elapsed;
  }
}
