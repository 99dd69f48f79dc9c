import {
  type ClusterNode,
  type ConnectionFollower,
  type ConnectionStore,
  joinKey,
  keyPart,
  textOfKeyPart,
} from '@switchyard/server/store';
import type { RedisFeed } from './redis.feed.js';
import type { RedisKeys } from './redis.keys.js';
import { ENTER_CLIENT } from './redis.limit.scripts.js';
import type { RedisLink } from './redis.link.js';
import type { RedisNodes } from './redis.nodes.js';

/** The connections of a process that is silent for longer than this do not count, in ms. */
const LIFE_MS = 15_000;
/** How long the connections of an absent user are kept, in s. */
const MAX_AGE_S = 7 * 24 * 3600;

/** The connected clients of each user, in Redis. */
export class RedisConnections implements ConnectionStore {
  constructor(
    private readonly link: RedisLink,
    private readonly keys: RedisKeys,
    private readonly feed: RedisFeed,
    private readonly nodes: RedisNodes,
    private readonly node: Pick<ClusterNode, 'beat'>,
  ) {}

  enter(user: string, client: string, limit: number, since?: number): Promise<string[]> {
    const { keys, nodes, feed } = this;
    const names = [keys.connections(user), keys.evictions, keys.nodes];
    const node = nodes.incarnation;
    const args = [node, keyPart(client), keyPart(user), since ?? '', feed.node, LIFE_MS, MAX_AGE_S, limit];
    return this.link.use(async (redis) => (await ENTER_CLIENT.run(redis, names, args)).map(textOfKeyPart));
  }

  leave(user: string, client: string): Promise<void> {
    const field = joinKey(' ', this.nodes.incarnation, client);
    return this.link.use(async (redis) => void (await redis.hdel(this.keys.connections(user), field)));
  }

  async follow(follower: ConnectionFollower): Promise<() => void> {
    let isBack = false;
    this.link.onReturn(() => {
      if (isBack) void this.beginAnew(follower);
      isBack = true;
    });
    return this.feed.listen(this.keys.evictions, {
      hear: (message) => {
        const [user, client] = JSON.parse(message.slice(message.indexOf('\n') + 1)) as [string, string];
        follower.evicted(textOfKeyPart(user), textOfKeyPart(client));
      },
      check: () => undefined,
    });
  }

  // With the next beat, all that this process entered before stops counting; then it enters everything again.
  private async beginAnew(follower: ConnectionFollower): Promise<void> {
    await this.node.beat().catch(() => undefined);
    follower.forgotten();
  }
}
