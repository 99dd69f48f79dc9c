import { Inject, Injectable } from '@nestjs/common';
import { Fault } from '@switchyard/contract';
import { REALTIME_OPTIONS, type RealtimeOptions } from '../options/realtime.options.js';
import { targetingKey, type Caller } from '../caller/caller.js';
import type { RateLimiter, RateLimit } from '../store/limit.store.js';
import { STORE, type Store } from '../store/store.js';

/** A budget with what there is to be said when it is used up. */
interface Meter {
  budget: RateLimiter;
  rate: RateLimit;
}

/** How many calls a caller may make, and how often enter rooms or ask for them; each has a budget of its own. */
@Injectable()
export class RateLimits {
  private readonly calls: Meter | undefined;
  private readonly joins: Meter | undefined;

  constructor(
    @Inject(STORE) store: Pick<Store, 'limits'>,
    @Inject(REALTIME_OPTIONS) { callRate, joinRate }: Pick<RealtimeOptions, 'callRate' | 'joinRate'>,
  ) {
    this.calls = meter(store, 'calls', callRate);
    this.joins = meter(store, 'joins', joinRate);
  }

  /** Counts a call; a promise only where counting takes time. @throws Fault `rate.limited`, or rejects with it */
  call(caller: Caller): Promise<void> | undefined {
    return this.calls && count(this.calls, caller);
  }

  /** Counts a join, or a poll of however many rooms. @throws as `call` */
  join(caller: Caller): Promise<void> | undefined {
    return this.joins && count(this.joins, caller);
  }

  /** Counts a leave that undoes no join. It is not refused: nobody is kept in a room for having asked too much. */
  leave(caller: Caller): void {
    if (this.joins) void this.joins.budget.consume(caller.key);
  }
}

function meter({ limits }: Pick<Store, 'limits'>, name: string, rate: RateLimit | undefined): Meter | undefined {
  return rate && rate.limit > 0 ? { rate, budget: limits.limiter(name, rate) } : undefined;
}

function count({ budget, rate }: Meter, caller: Caller): Promise<void> | undefined {
  // A request that does not say whose it is has a key of its own, which nothing could be counted under.
  if (caller.isForOneRequest && targetingKey(caller) === undefined) return undefined;
  const wait = budget.consume(caller.key);
  if (typeof wait !== 'number') return wait.then((ms) => check(ms, rate));
  check(wait, rate);
  return undefined;
}

function check(retry_after_ms: number, { limit, window_ms }: RateLimit): void {
  if (retry_after_ms > 0) throw new Fault('rate.limited', { limit, window_ms, retry_after_ms });
}
