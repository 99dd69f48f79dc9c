import { randomBytes } from 'node:crypto';
import { ATTEND, type FlatHistory } from './redis.history.scripts.js';
import type { RedisKeys } from './redis.keys.js';
import type { RedisLink } from './redis.link.js';

/** How long a process is taken to be there after it was last heard of, and how often it is heard of, in ms. */
const LIFE_MS = 5000;
const ATTEND_EVERY_MS = 1000;

/**
 * What this process knows of the history of the data in Redis, so that it notices when Redis has gone back to an older
 * copy of it: what was seen of the lost end must not come to belong to other events.
 *
 * Each script that gives out positions compares the two before anything else, so nothing can come between.
 */
export class RedisHistory {
  /** Who this process is among those that are there. */
  readonly node = randomBytes(6).toString('base64url');
  private readonly timer: NodeJS.Timeout;
  private known: { id: string; count: number } = { id: '', count: 0 };
  private minted = 0;
  private hasAttended = false;

  constructor(
    private readonly link: RedisLink,
    private readonly names: RedisKeys,
  ) {
    link.onReturn(() => this.renew());
    // Processes that append nothing hear in this way how far the others have come.
    this.timer = setInterval(() => this.renew(), ATTEND_EVERY_MS).unref();
  }

  /** The keys that scripts compare. */
  get keys(): [history: string, mark: string] {
    return [this.names.history, this.names.historyMark];
  }

  /** The arguments of a script that compares: the run it is sent to, what is known, and the id of a history it may begin. */
  arguments(run: string): [run: string, known: string, count: number, fresh: string] {
    return [run, this.known.id, this.known.count, `${this.node}${(this.minted += 1).toString(36)}`];
  }

  /** Takes in what a script returned; an id that is empty says nothing. */
  learn([id, count]: FlatHistory): void {
    if (id !== '' && count >= this.known.count) this.known = { id, count };
  }

  /**
   * Does what may not come before this process has said that it is there, which Redis may not take while it is full: now
   * as a rule. @throws Fault `store.unavailable`
   */
  afterwards<T>(step: () => Promise<T>): Promise<T> {
    return this.hasAttended ? step() : this.attend().then(step);
  }

  /** Says that this process is there and reads how far the history has come. @throws Fault `store.unavailable` */
  attend(): Promise<void> {
    return this.link.use(async (redis, run) => {
      const keys = [...this.keys, this.names.historyNodes];
      const args = [...this.arguments(run), this.node, LIFE_MS, Number(this.hasAttended)];
      this.learn(await ATTEND.run(redis, keys, args));
      this.hasAttended = true;
    });
  }

  /** Has this process there no more. */
  async close(): Promise<void> {
    clearInterval(this.timer);
    if (!this.link.isUp) return;
    await this.link.use((redis) => redis.zrem(this.names.historyNodes, this.node)).catch(() => undefined);
  }

  private renew(): void {
    // One that fails is made up for by the next, or by the connection's return.
    if (this.link.isUp) this.attend().catch(() => undefined);
  }
}
