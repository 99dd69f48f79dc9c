import { type LimitStore, type RateLimit, type RateLimiter, SlidingWindow, leastWait } from '@switchyard/server/store';
import type { RedisKeys } from './redis.keys.js';
import { TAKE } from './redis.limit.scripts.js';
import type { RedisLink } from './redis.link.js';

/** Rate limiters in Redis, by Redis's clock; while Redis is away each process counts alone. */
export class RedisLimits implements LimitStore {
  constructor(
    private readonly link: RedisLink,
    private readonly keys: RedisKeys,
  ) {}

  limiter(name: string, limit: RateLimit): RateLimiter {
    return new RedisRateLimiter(name, limit, this.link, this.keys);
  }
}

class RedisRateLimiter implements RateLimiter {
  /** Counts while Redis is away, and remembers who has to wait, so that repeated attempts cost Redis nothing. */
  private readonly here: SlidingWindow;

  constructor(
    private readonly name: string,
    private readonly rate: RateLimit,
    private readonly link: RedisLink,
    private readonly keys: RedisKeys,
  ) {
    this.here = new SlidingWindow(rate);
  }

  consume(key: string): number | Promise<number> {
    const held = this.here.held(key);
    if (held > 0) return held;
    return this.link.isUp ? this.ask(key) : this.here.consume(key);
  }

  private async ask(key: string): Promise<number> {
    const { limit, window_ms } = this.rate;
    const keys = [this.keys.budget(this.name, key), this.keys.held(this.name, key)];
    const args = [limit, window_ms, Math.ceil(leastWait(this.rate))];
    try {
      const wait = await this.link.use((redis) => TAKE.run(redis, keys, args));
      if (wait > 0) this.here.hold(key, wait);
      return wait;
    } catch {
      // Nobody is refused because Redis is away.
      return this.here.consume(key);
    }
  }
}
