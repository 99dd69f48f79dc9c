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
 * The processes in Redis: when each was last heard of. With each beat this process compares what it knows of the history
 * of the data, so that it notices when Redis has gone back to an older copy of it: what was seen of the lost end must not
 * come to belong to other events. Each script that gives out positions compares the two before anything else.
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
   * Names this process in what it says of its connections; it is another after each loss of the link, so that nothing
   * holds that this process could not take back meanwhile.
   */
  get incarnation(): string {
    return `${this.self}.${this.returns}`;
  }

  /** The keys that scripts compare the history by. */
  get historyKeys(): [history: string, mark: string] {
    return [this.names.history, this.names.historyMark];
  }

  /** The arguments of a script that compares: the run it is sent to, what is known, and the id of a history it may begin. */
  historyArguments(run: string): [run: string, known: string, count: number, fresh: string] {
    return [run, this.known.id, this.known.count, `${this.self}${(this.minted += 1).toString(36)}`];
  }

  /** Takes in the history that a script returned; an empty id says nothing. */
  learn([id, count]: FlatHistory): void {
    if (id !== '' && count >= this.known.count) this.known = { id, count };
  }

  /**
   * Runs a step that may not come before the first beat of this process, which Redis may not take while it is full.
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

  /** Records that this process is there no more. */
  async close(): Promise<void> {
    if (this.link.isUp) await this.mark(this.self, 'closed').catch(() => undefined);
  }

  private mark(node: string, mark: Silence['mark']): Promise<void> {
    return this.link.use(async (redis) => void (await MARK_NODE.run(redis, [this.names.nodes], [node, mark])));
  }
}
