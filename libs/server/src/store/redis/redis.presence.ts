import type { Presence } from '@switchyard/contract';
import { MAX_NAMED, type Person, type PresenceStore } from '../presence.store.js';
import type { RedisKeys } from './redis.keys.js';
import type { RedisLink } from './redis.link.js';
import { ENTER, HERE, LEAVE, LIVE, SWEEP, type FlatPresence } from './redis.presence.scripts.js';

/** How many are taken out of their rooms in one step. */
const SWEEP_AT_ONCE = 500;
/** How long a process that was taken for dead can find that out, in ms. */
const SWEPT_MS = 3_600_000;

/** Presence in Redis; what changes is published into the room's feed, so all processes hear it in one order. */
export class RedisPresence implements PresenceStore {
  constructor(
    private readonly link: RedisLink,
    private readonly keys: RedisKeys,
  ) {}

  live(node: string, ttl_ms: number): Promise<boolean> {
    const names = [this.keys.presenceNode(node), this.keys.presenceNodes];
    return this.link.use(async (redis, run) => (await LIVE.run(redis, names, [node, run, Math.ceil(ttl_ms)])) === 1);
  }

  enter(node: string, room: string, person: Person, again = false): Promise<Presence> {
    const names = [...this.keysOf(node, room), this.keys.presenceSwept(node)];
    const args = [...this.argumentsOf(room, person), JSON.stringify(person.user), Number(again), MAX_NAMED];
    return this.link.use(async (redis) => presence(await ENTER.run(redis, names, args)));
  }

  here(room: string): Promise<Presence> {
    return this.link.use(async (redis) => presence(await HERE.run(redis, [this.keys.presence(room)], [MAX_NAMED])));
  }

  leave(node: string, room: string, person: Person): Promise<void> {
    return this.link.use(async (redis) => {
      await LEAVE.run(redis, this.keysOf(node, room), this.argumentsOf(room, person));
    });
  }

  dead(): Promise<string[]> {
    return this.link.use(async (redis) => {
      const nodes = await redis.smembers(this.keys.presenceNodes);
      if (nodes.length === 0) return [];
      const alive = await redis.mget(nodes.map((node) => this.keys.presenceNode(node)));
      return nodes.filter((_, index) => alive[index] === null);
    });
  }

  async sweep(node: string): Promise<void> {
    const { keys } = this;
    const names = [keys.presenceNode(node), keys.presenceSeats(node), keys.presenceNodes, keys.presenceSwept(node)];
    const args = [node, keys.presence(''), keys.feed(''), SWEEP_AT_ONCE, SWEPT_MS];
    while ((await this.link.use((redis) => SWEEP.run(redis, names, args))) === 1);
  }

  private keysOf(node: string, room: string): string[] {
    return [this.keys.presenceSeats(node), this.keys.presence(room)];
  }

  private argumentsOf(room: string, { id }: Person): string[] {
    return [`${room}\n${id}`, id, this.keys.feed(room), JSON.stringify(room)];
  }
}

function presence([members, ...users]: FlatPresence): Presence {
  return { members, users: users.map((user) => JSON.parse(user) as string) };
}
