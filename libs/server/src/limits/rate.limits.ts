import { Inject, Injectable } from '@nestjs/common';
import { Fault } from '@switchyard/contract';
import { REALTIME_OPTIONS, type ResolvedOptions } from '../options/realtime.options.js';
import { targetingKey, type Caller } from '../caller/caller.js';
import type { RateLimiter, RateLimit } from '../store/limit.store.js';
import { STORE, type Store } from '../store/store.js';

/** A limiter and its rate. */
interface Meter {
  limiter: RateLimiter;
  rate: RateLimit;
}

/** Limits how often a caller makes calls, and how often it joins, leaves or polls rooms, each at its own rate. */
@Injectable()
export class RateLimits {
  private readonly calls: Meter | undefined;
  private readonly joins: Meter | undefined;

  constructor(
    @Inject(STORE) store: Pick<Store, 'limits'>,
    @Inject(REALTIME_OPTIONS) { callRate, joinRate }: Pick<ResolvedOptions, 'callRate' | 'joinRate'>,
  ) {
    this.calls = meter(store, 'calls', callRate);
    this.joins = meter(store, 'joins', joinRate);
  }

  /** Counts a call; returns a promise only when the store is asynchronous. @throws Fault `rate.limited`, or rejects with it */
  countCall(caller: Caller): Promise<void> | undefined {
    return this.calls && count(this.calls, caller);
  }

  /** Counts a join, or a poll of any number of rooms. @throws as `countCall` */
  countJoin(caller: Caller): Promise<void> | undefined {
    return this.joins && count(this.joins, caller);
  }

  /** Counts a leave without a join before it; it is never refused, so that a limited caller can still leave a room. */
  countLeave(caller: Caller): void {
    if (this.joins) void this.joins.limiter.consume(caller.key);
  }
}

function meter({ limits }: Pick<Store, 'limits'>, name: string, rate: RateLimit): Meter | undefined {
  return rate.limit > 0 ? { rate, limiter: limits.limiter(name, rate) } : undefined;
}

function count({ limiter, rate }: Meter, caller: Caller): Promise<void> | undefined {
  // A poll without user and client_id gets a new key each time, so counting it is useless.
  if (caller.isForOneRequest && targetingKey(caller) === undefined) return undefined;
  const wait = limiter.consume(caller.key);
  if (typeof wait !== 'number') return wait.then((ms) => check(ms, rate));
  check(wait, rate);
  return undefined;
}

function check(retry_after_ms: number, { limit, window_ms }: RateLimit): void {
  if (retry_after_ms > 0) throw new Fault('rate.limited', { limit, window_ms, retry_after_ms });
}
