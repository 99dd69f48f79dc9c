import { MAX_NAMED, type Presence } from '@switchyard/contract';
import type { Person, PresenceStore } from '@switchyard/server/store';
import type { RedisKeys } from './redis.keys.js';
import type { RedisLink } from './redis.link.js';
import type { RedisNodes } from './redis.nodes.js';
import { ENTER, HERE, KNOWN, LEAVE, SWEEP, type FlatPresence } from './redis.presence.scripts.js';

/** How many people are taken out of their rooms in one step. */
const SWEEP_AT_ONCE = 500;

/** Presence in Redis; each change is published into the room's feed, so that every process hears of it. */
export class RedisPresence implements PresenceStore {
  constructor(
    private readonly link: RedisLink,
    private readonly keys: RedisKeys,
    private readonly nodes: RedisNodes,
  ) {}

  enter(node: string, room: string, person: Person): Promise<Presence> {
    const names = [...this.keysOf(room), this.keys.presenceSeats(node), this.keys.presenceNodes];
    const args = [...this.argumentsOf(room, person), JSON.stringify(person.user), MAX_NAMED, node];
    return this.link.use(async (redis) => presence(await ENTER.run(redis, names, args)));
  }

  here(room: string, from = 0): Promise<Presence> {
    return this.link.use(async (redis) => presence(await HERE.run(redis, this.keysOf(room), [from, MAX_NAMED])));
  }

  known(node: string, room: string): Promise<Presence | undefined> {
    const names = [...this.keysOf(room), this.keys.nodes];
    return this.link.use(async (redis, run) => {
      const flat = await KNOWN.run(redis, names, [run, MAX_NAMED, node]);
      return flat ? presence(flat) : undefined;
    });
  }

  leave(node: string, room: string, person: Person): Promise<void> {
    const names = [...this.keysOf(room), this.keys.presenceSeats(node)];
    return this.link.use(async (redis) => void (await LEAVE.run(redis, names, this.argumentsOf(room, person))));
  }

  async dead(silent_ms: number): Promise<string[]> {
    const nodes = await this.link.use((redis) => redis.smembers(this.keys.presenceNodes));
    const silences = await this.nodes.silences(nodes);
    return nodes.filter((_, index) => silences[index]!.silent_ms >= silent_ms);
  }

  async sweep(node: string, silent_ms: number): Promise<void> {
    const { keys } = this;
    const names = [keys.nodes, keys.presenceSeats(node), keys.presenceNodes];
    const args = [node, keys.presence(''), keys.presenceOrder(''), keys.feed(''), SWEEP_AT_ONCE, Math.ceil(silent_ms)];
    while ((await this.link.use((redis) => SWEEP.run(redis, names, args))) === 1);
  }

  private keysOf(room: string): [people: string, order: string] {
    return [this.keys.presence(room), this.keys.presenceOrder(room)];
  }

  private argumentsOf(room: string, { id }: Person): string[] {
    return [`${room}\n${id}`, id, this.keys.feed(room)];
  }
}

function presence([members, ...users]: FlatPresence): Presence {
  return { members, users: users.map((user) => JSON.parse(user) as string) };
}
