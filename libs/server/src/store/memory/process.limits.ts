import type { RateLimiter, LimitStore, RateLimit } from '../limit.store.js';
import { SlidingWindow } from './sliding.window.js';

/** Rate limiters of one process, shared with no other. */
export class ProcessLimits implements LimitStore {
  limiter(_name: string, limit: RateLimit): RateLimiter {
    return new SlidingWindow(limit);
  }
}
