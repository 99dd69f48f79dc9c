import type { RateLimiter, LimitStore, RateLimit } from '../limit.store.js';
import { SlidingWindow } from './sliding.window.js';

/** Budgets of one process that shares them with no other. */
export class ProcessLimits implements LimitStore {
  limiter(_name: string, limit: RateLimit): RateLimiter {
    return new SlidingWindow(limit);
  }
}
