import { randomBytes } from 'node:crypto';
import { joinKey, keyPart, textOfKeyPart } from '../key.parts.js';
import type { ConnectionFollower, ConnectionStore } from '../limit.store.js';
import type { RedisFeed } from './redis.feed.js';
import type { RedisKeys } from './redis.keys.js';
import { ENTER_CLIENT } from './redis.limit.scripts.js';
import type { RedisLink } from './redis.link.js';

/** How long what a process said is true after it was last heard of, and how often it is heard of, in ms. */
const LIFE_MS = 15_000;
const RENEW_EVERY_MS = 5000;
/** How long the connections of a user are kept who comes no more, in s. */
const MAX_AGE_S = 7 * 24 * 3600;

/** Who is connected, in Redis. */
export class RedisConnections implements ConnectionStore {
  /** Who this process is in what it says: another after Redis was away, so that nothing holds that could not be taken back. */
  private node = nodeName();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly link: RedisLink,
    private readonly keys: RedisKeys,
    private readonly feed: RedisFeed,
  ) {}

  enter(user: string, client: string, limit: number, since?: number): Promise<string[]> {
    const { keys, node, feed } = this;
    const names = [keys.connections(user), keys.evictions];
    const args = [
      node,
      keyPart(client),
      keyPart(user),
      since ?? '',
      feed.node,
      keys.connectionsNode(''),
      MAX_AGE_S,
      limit,
    ];
    return this.link.use(async (redis) => (await ENTER_CLIENT.run(redis, names, args)).map(textOfKeyPart));
  }

  leave(user: string, client: string): Promise<void> {
    const field = joinKey(' ', this.node, client);
    return this.link.use(async (redis) => void (await redis.hdel(this.keys.connections(user), field)));
  }

  async follow(follower: ConnectionFollower): Promise<() => void> {
    await this.renew();
    this.timer = setInterval(() => void this.renew().catch(() => undefined), RENEW_EVERY_MS).unref();
    let isBack = false;
    this.link.onReturn(() => {
      if (isBack) this.beginAnew(follower);
      isBack = true;
    });
    const unlisten = await this.feed.listen(this.keys.evictions, {
      hear: (message) => {
        const [user, client] = JSON.parse(message.slice(message.indexOf('\n') + 1)) as [string, string];
        follower.evicted(textOfKeyPart(user), textOfKeyPart(client));
      },
      check: () => undefined,
    });
    return () => {
      clearInterval(this.timer);
      unlisten();
    };
  }

  /** Has nobody connected any more. */
  async close(): Promise<void> {
    clearInterval(this.timer);
    if (!this.timer || !this.link.isUp) return;
    await this.link.use((redis) => redis.del(this.keys.connectionsNode(this.node))).catch(() => undefined);
  }

  private beginAnew(follower: ConnectionFollower): void {
    const before = this.node;
    this.node = nodeName();
    this.link.use((redis) => redis.del(this.keys.connectionsNode(before))).catch(() => undefined);
    this.renew().catch(() => undefined);
    follower.forgotten();
  }

  private renew(): Promise<unknown> {
    return this.link.use((redis) => redis.set(this.keys.connectionsNode(this.node), '1', 'PX', LIFE_MS));
  }
}

function nodeName(): string {
  return randomBytes(6).toString('base64url');
}
