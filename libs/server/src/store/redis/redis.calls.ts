import { setTimeout as pause } from 'node:timers/promises';
import { Fault } from '@switchyard/contract';
import type { Redis } from 'ioredis';
import type { CallRecord, CallStore } from '../store.js';
import type { RedisKeys } from './redis.keys.js';
import type { RedisLink } from './redis.link.js';
import { ABANDON_CALL, BEGIN_CALL, FINISH_CALL } from './redis.scripts.js';

/** How long the owner of calls is taken to live after it was last heard of, and how often it is heard of, in ms. */
const LEASE_MS = 6000;
const RENEW_EVERY_MS = 2000;
/** Longer than a live owner needs to take its lease again after Redis has lost it. */
const LOST_AFTER_MS = 3000;
/** How many ends of calls wait for Redis to come back. */
const MAX_UNRECORDED = 10_000;
const POLL_MIN_MS = 20;
const POLL_MAX_MS = 250;

/** Records how a call ended, or that it did not begin. */
type EndRecorder = (redis: Redis) => Promise<unknown>;

/** Call records in Redis; owners of pending ones keep a lease, so that others can tell whether to wait for them. */
export class RedisCalls implements CallStore {
  private readonly owners = new Set<string>();
  /** What records the ends of calls that could not be recorded yet, by key: somebody elsewhere may wait for them. */
  private readonly unrecorded = new Map<string, EndRecorder>();
  private readonly timer: NodeJS.Timeout;
  private closed = false;

  constructor(
    private readonly link: RedisLink,
    private readonly keys: RedisKeys,
  ) {
    this.timer = setInterval(() => this.renew(), RENEW_EVERY_MS).unref();
    link.onReturn(() => this.renew());
  }

  async begin(
    key: string,
    record: CallRecord & { state: 'pending' },
    window_ms: number,
  ): Promise<CallRecord | undefined> {
    if (!this.owners.has(record.owner)) {
      await this.hold(record.owner);
      this.owners.add(record.owner);
    }
    // Else it would be taken for one that is under way.
    await this.recordLate(key);
    const known = await this.link.use((redis) => {
      return BEGIN_CALL.run(redis, [this.keys.call(key)], [JSON.stringify(record), window_ms]);
    });
    return known === null ? undefined : (JSON.parse(known) as CallRecord);
  }

  finish(key: string, reply: string): Promise<void> {
    return this.record(key, (redis) => FINISH_CALL.run(redis, [this.keys.call(key)], [reply]));
  }

  abandon(key: string, owner: string): Promise<void> {
    return this.record(key, (redis) => ABANDON_CALL.run(redis, [this.keys.call(key)], [owner]));
  }

  async outcome(key: string): Promise<CallRecord | undefined> {
    let lostAt: number | undefined;
    for (let wait = POLL_MIN_MS; !this.closed; wait = Math.min(wait * 1.5, POLL_MAX_MS)) {
      const text = await this.link.use((redis) => redis.get(this.keys.call(key)));
      if (text === null) return undefined;
      const record = JSON.parse(text) as CallRecord;
      if (record.state === 'done') return record;
      const alive = await this.link.use((redis) => redis.exists(this.keys.lease(record.owner)));
      lostAt = alive ? undefined : (lostAt ?? performance.now());
      if (lostAt !== undefined && performance.now() - lostAt > LOST_AFTER_MS) return record;
      await pause(wait, undefined, { ref: false });
    }
    throw new Fault('store.unavailable');
  }

  /** Gives the leases back. */
  async close(): Promise<void> {
    this.closed = true;
    clearInterval(this.timer);
    const leases = [...this.owners].map((owner) => this.keys.lease(owner));
    if (leases.length > 0 && this.link.isUp)
      await this.link.use((redis) => redis.del(...leases)).catch(() => undefined);
  }

  private renew(): void {
    if (!this.link.isUp) return;
    // One that fails is made up for by the next, or by the connection's return.
    for (const owner of this.owners) this.hold(owner).catch(() => undefined);
    for (const key of this.unrecorded.keys()) this.recordLate(key).catch(() => undefined);
  }

  // What the call wrote was acknowledged one by one: what fails here is only that others are told.
  private async record(key: string, recorder: EndRecorder): Promise<void> {
    try {
      await this.link.use(recorder);
    } catch (error) {
      if (this.unrecorded.size >= MAX_UNRECORDED) throw error;
      this.unrecorded.set(key, recorder);
    }
  }

  private async recordLate(key: string): Promise<void> {
    const recorder = this.unrecorded.get(key);
    if (!recorder) return;
    await this.link.use(recorder);
    if (this.unrecorded.get(key) === recorder) this.unrecorded.delete(key);
  }

  private hold(owner: string): Promise<unknown> {
    return this.link.use((redis) => redis.set(this.keys.lease(owner), '1', 'PX', LEASE_MS));
  }
}
