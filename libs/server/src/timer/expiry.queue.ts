import { timerMs } from './long.timer.js';

/**
 * Expires each key a fixed time after it was added. All keys wait equally long, so the oldest expires first and one
 * timer serves them all; the timer keeps no process alive.
 */
export class ExpiryQueue<K> {
  /** When each key expires, in monotonic ms, the next one first. */
  private due = new Map<K, number>();
  private timer: NodeJS.Timeout | undefined;

  /** @param expire called once for each key that expires; it must not throw. */
  constructor(
    private readonly wait_ms: number,
    private readonly expire: (key: K) => void,
  ) {}

  /** How many keys wait. */
  get size(): number {
    return this.due.size;
  }

  /** Starts the wait of a key, from the beginning when it waits already. */
  add(key: K): void {
    this.due.delete(key);
    this.due.set(key, performance.now() + this.wait_ms);
    this.arm();
  }

  /**
   * Adds keys that have waited since before this queue began, with the ms that remain, the shortest first. Keys that
   * wait already keep their time.
   */
  restore(remaining: Iterable<readonly [key: K, ms: number]>): void {
    const now = performance.now();
    const restored = new Map<K, number>();
    for (const [key, ms] of remaining) {
      if (!this.due.has(key)) restored.set(key, now + Math.min(Math.max(0, ms), this.wait_ms));
    }
    this.due = new Map([...restored, ...this.due]);
    this.rearm();
  }

  /** Takes a key out, so that it does not expire. */
  delete(key: K): void {
    this.due.delete(key);
  }

  /** Takes out every key and stops the timer. */
  close(): void {
    this.due.clear();
    this.rearm();
  }

  private rearm(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.arm();
  }

  private arm(): void {
    const next = this.due.values().next().value;
    if (this.timer !== undefined || next === undefined) return;
    this.timer = setTimeout(() => this.sweep(), timerMs(next - performance.now()));
    this.timer.unref();
  }

  private sweep(): void {
    this.timer = undefined;
    const now = performance.now();
    for (const [key, at] of this.due) {
      if (at > now) break;
      this.due.delete(key);
      this.expire(key);
    }
    this.arm();
  }
}
