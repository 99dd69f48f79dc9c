import type { NodeStore } from '@switchyard/server/store';
import { BEAT, MARK_NODE, SILENCES, type FlatHistory } from './redis.node.scripts.js';
import type { RedisKeys } from './redis.keys.js';
import type { RedisLink } from './redis.link.js';

/** What is known of a process: how long it has been silent, in ms, and how it ended, if it said so. */
export interface Silence {
  silent_ms: number;
  /** `left`: it takes on no more work; `closed`: it has closed the store. */
  mark: '' | 'left' | 'closed';
}

/**
 * When Redis last heard of each process, and the history of the data as this process knows it.
 *
 * Each beat, and first of all each script that assigns positions, compares that history with the one in Redis. When Redis
 * has gone back to an older copy of the data, a new history begins, so that no lost position ever names another event.
 */
export class RedisNodes implements NodeStore {
  private known: { id: string; count: number } = { id: '', count: 0 };
  private minted = 0;
  private hasBeaten = false;
  private returns = 0;

  constructor(
    private readonly link: RedisLink,
    private readonly names: RedisKeys,
    /** The id of this process. */
    readonly self: string,
  ) {
    link.onReturn(() => (this.returns += 1));
  }

  /**
   * The name of this process in the connections it enters. It changes with each return of the link, so that entries which
   * could not be removed meanwhile do not count any more.
   */
  get incarnation(): string {
    return `${this.self}.${this.returns}`;
  }

  /** The keys that scripts compare the history by. */
  get historyKeys(): [history: string, mark: string] {
    return [this.names.history, this.names.historyMark];
  }

  /** The arguments by which a script compares: the server's run, the known history, and the id of a history it may begin. */
  historyArguments(run: string): [run: string, known: string, count: number, fresh: string] {
    return [run, this.known.id, this.known.count, `${this.self}${(this.minted += 1).toString(36)}`];
  }

  /** Remembers the history that a script returned; an empty id stands for none. */
  learn([id, count]: FlatHistory): void {
    if (id !== '' && count >= this.known.count) this.known = { id, count };
  }

  /**
   * Runs a step after the first beat of this process, which a full Redis may have refused so far.
   *
   * @throws Fault `store.unavailable`
   */
  afterFirstBeat<T>(step: () => Promise<T>): Promise<T> {
    return this.hasBeaten ? step() : this.beat(this.self).then(step);
  }

  beat(node: string): Promise<boolean> {
    return this.link.use(async (redis, run) => {
      const keys = [...this.historyKeys, this.names.nodes];
      const isFirst = Number(!this.hasBeaten);
      const beaten = await BEAT.run(redis, keys, [...this.historyArguments(run), node, this.returns, isFirst]);
      const [isRemembered, ...history] = beaten;
      this.learn(history);
      this.hasBeaten = true;
      return isRemembered === 1;
    });
  }

  leave(node: string): Promise<void> {
    return this.mark(node, 'left');
  }

  /** How long each of these processes has been silent and whether it has left or closed, in their order. */
  silences(nodes: readonly string[]): Promise<Silence[]> {
    if (nodes.length === 0) return Promise.resolve([]);
    return this.link.use(async (redis) => {
      const flat = await SILENCES.run(redis, [this.names.nodes], nodes);
      return flat.map(([silent_ms, mark]) => ({ silent_ms: silent_ms < 0 ? Infinity : silent_ms, mark }));
    });
  }

  /** Records that this process has closed the store. */
  async close(): Promise<void> {
    if (this.link.isUp) await this.mark(this.self, 'closed').catch(() => undefined);
  }

  private mark(node: string, mark: Silence['mark']): Promise<void> {
    return this.link.use(async (redis) => void (await MARK_NODE.run(redis, [this.names.nodes], [node, mark])));
  }
}
