import type { Budget, LimitStore, RateLimit } from '../store/limit.store.js';
import { SlidingWindow } from './sliding.window.js';

/** Budgets of one process that shares them with no other. */
export class ProcessLimits implements LimitStore {
  budget(_name: string, limit: RateLimit): Budget {
    return new SlidingWindow(limit);
  }
}
