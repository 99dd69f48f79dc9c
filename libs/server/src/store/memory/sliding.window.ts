import type { RateLimiter, RateLimit } from '../limit.store.js';

/** The shortest wait after a refusal, in ms: longer than messages sent meanwhile are under way. */
const MIN_WAIT_MS = 1000;
/** How many expired times are kept before they are cut off. */
const CUT_FROM = 32;

/** The actions of one caller, in monotonic ms. */
interface Counted {
  /** The times of its actions, in order; those before `first` have expired. */
  times: number[];
  first: number;
  /** The end of its wait. */
  heldUntil: number;
}

/** The shortest wait after a refusal under this limit, in ms. */
export function leastWait({ window_ms }: RateLimit): number {
  return Math.min(MIN_WAIT_MS, window_ms / 2);
}

/** A rate limiter in this process that is exact: no window of that length ever has more actions than the limit. */
export class SlidingWindow implements RateLimiter {
  private readonly callers = new Map<string, Counted>();
  private sweepAt = 0;

  constructor(private readonly rate: RateLimit) {}

  /** How many callers are remembered. */
  get size(): number {
    return this.callers.size;
  }

  consume(key: string): number {
    const { limit, window_ms } = this.rate;
    const now = performance.now();
    const counted = this.of(key, now);
    if (counted.heldUntil > now) return Math.ceil(counted.heldUntil - now);
    const { times } = counted;
    while (counted.first < times.length && times[counted.first]! <= now - window_ms) counted.first += 1;
    if (times.length - counted.first >= limit) {
      const wait = Math.max(times[counted.first]! + window_ms - now, leastWait(this.rate));
      counted.heldUntil = now + wait;
      return Math.ceil(wait);
    }
    if (counted.first >= CUT_FROM && counted.first * 2 >= times.length) cut(counted);
    times.push(now);
    return 0;
  }

  /** How long a caller still has to wait, in ms; 0 when it need not wait. */
  held(key: string): number {
    const counted = this.callers.get(key);
    return counted ? Math.max(0, Math.ceil(counted.heldUntil - performance.now())) : 0;
  }

  /** Makes a caller wait for `ms`. */
  hold(key: string, ms: number): void {
    const now = performance.now();
    this.of(key, now).heldUntil = now + ms;
  }

  private of(key: string, now: number): Counted {
    if (now >= this.sweepAt) this.sweep(now);
    const known = this.callers.get(key);
    if (known) return known;
    const counted = { times: [], first: 0, heldUntil: 0 };
    this.callers.set(key, counted);
    return counted;
  }

  /** Forgets callers that were idle for a window; it runs with the calls of others and needs no timer. */
  private sweep(now: number): void {
    const { window_ms } = this.rate;
    this.sweepAt = now + window_ms;
    for (const [key, { times, heldUntil }] of this.callers) {
      if (heldUntil <= now && (times.at(-1) ?? 0) <= now - window_ms) this.callers.delete(key);
    }
  }
}

function cut(counted: Counted): void {
  const { times, first } = counted;
  times.copyWithin(0, first);
  times.length -= first;
  counted.first = 0;
}
