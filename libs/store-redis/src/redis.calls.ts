import { setTimeout as pause } from 'node:timers/promises';
import { Fault } from '@switchyard/contract';
import type { Redis } from 'ioredis';
import type { CallRecord, CallStore } from '@switchyard/server/store';
import { ABANDON_CALL, BEGIN_CALL, FINISH_CALL } from './redis.call.scripts.js';
import type { RedisKeys } from './redis.keys.js';
import type { RedisLink } from './redis.link.js';
import type { RedisNodes } from './redis.nodes.js';

/** An owner of calls that is silent for longer than this looks dead, in ms. */
const LIFE_MS = 6000;
/** How long an owner has to look dead, in ms: longer than a live one takes to beat again after Redis lost its data. */
const LOST_AFTER_MS = 3000;
/** How many ends of calls may wait for Redis to come back. */
const MAX_UNRECORDED = 10_000;
const POLL_MIN_MS = 20;
const POLL_MAX_MS = 250;

/** Records how a call ended, or that it did not begin. */
type EndRecorder = (redis: Redis) => Promise<unknown>;

/** Call records in Redis; whether to wait for a pending one depends on whether its owner is alive. */
export class RedisCalls implements CallStore {
  /** The ends of calls that could not be recorded yet, by key; another process may wait for them. */
  private readonly unrecorded = new Map<string, EndRecorder>();
  private closed = false;

  constructor(
    private readonly link: RedisLink,
    private readonly keys: RedisKeys,
    private readonly nodes: RedisNodes,
  ) {}

  async begin(
    key: string,
    record: CallRecord & { state: 'pending' },
    window_ms: number,
  ): Promise<CallRecord | undefined> {
    // Otherwise the call would look as if it were under way.
    await this.recordLate(key);
    const args = [JSON.stringify(record), window_ms];
    const known = await this.nodes.afterFirstBeat(() =>
      this.link.use((redis) => BEGIN_CALL.run(redis, [this.keys.call(key)], args)),
    );
    return known === null ? undefined : (JSON.parse(known) as CallRecord);
  }

  finish(key: string, reply: string): Promise<void> {
    return this.record(key, (redis) => FINISH_CALL.run(redis, [this.keys.call(key)], [reply]));
  }

  abandon(key: string, owner: string): Promise<void> {
    return this.record(key, (redis) => ABANDON_CALL.run(redis, [this.keys.call(key)], [owner]));
  }

  /** See `Cluster.outcome`. */
  async outcome(key: string): Promise<CallRecord | undefined> {
    let lostAt: number | undefined;
    for (let wait = POLL_MIN_MS; !this.closed; wait = Math.min(wait * 1.5, POLL_MAX_MS)) {
      const text = await this.link.use((redis) => redis.get(this.keys.call(key)));
      if (text === null) return undefined;
      const record = JSON.parse(text) as CallRecord;
      if (record.state === 'done') return record;
      const [owner] = await this.nodes.silences([record.owner]);
      const isAlive = owner!.silent_ms < LIFE_MS && owner!.mark !== 'closed';
      lostAt = isAlive ? undefined : (lostAt ?? performance.now());
      if (lostAt !== undefined && performance.now() - lostAt > LOST_AFTER_MS) return record;
      await pause(wait, undefined, { ref: false });
    }
    throw new Fault('store.unavailable');
  }

  /** Records the ends of calls that could not be recorded when they ended; one that fails is tried again with the next. */
  recordAllLate(): void {
    for (const key of this.unrecorded.keys()) this.recordLate(key).catch(() => undefined);
  }

  /** Ends all waiting for calls. */
  close(): void {
    this.closed = true;
  }

  // The call's own writes were acknowledged one by one; a failure here only delays what others learn.
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
}
