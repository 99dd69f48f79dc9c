/** The longest wait of a timer; with a longer one it would fire at once. */
const MAX_TIMER_MS = 2_147_483_647;

/** Timers that end together, so that closing their owner leaves none behind. */
export class TimerSet {
  readonly #pending = new Set<ReturnType<typeof setTimeout>>();

  #closed = false;

  /** Runs `action` once after `ms` milliseconds, unless closed, and returns its cancellation. */
  after(ms: number, action: () => void): () => void {
    if (this.#closed) return () => undefined;
    const timer = setTimeout(
      () => {
        this.#pending.delete(timer);
        action();
      },
      Math.min(ms, MAX_TIMER_MS),
    );
    this.#pending.add(timer);
    return () => {
      this.#pending.delete(timer);
      clearTimeout(timer);
    };
  }

  /** Cancels all timers and starts no new ones. */
  close(): void {
    this.#closed = true;
    this.#pending.forEach((timer) => clearTimeout(timer));
    this.#pending.clear();
  }
}
