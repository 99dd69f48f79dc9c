import type { Position } from '@switchyard/contract';
import type { Redis } from 'ioredis';
import {
  type Appended,
  type ClusterRooms,
  type DocumentWrite,
  type NewEntry,
  type ReplayLimit,
  type Resumption,
  type RoomFollower,
  type RoomStore,
  type StoredEntry,
  textOfKeyPart,
} from '@switchyard/server/store';
import { conflictOver, documentArguments } from './redis.documents.js';
import type { RedisFeed } from './redis.feed.js';
import type { RedisKeys } from './redis.keys.js';
import type { RedisLink } from './redis.link.js';
import type { RedisNodes } from './redis.nodes.js';
import { APPEND, CLEAR, HEAD, READ, RESUME, type FlatEntry, type FlatPosition } from './redis.room.scripts.js';

/** How long the first epoch of a room without entries is kept, in seconds. */
const ORIGIN_S = 3600;
/** How many parts a message has before its payload. */
const PARTS = 6;
/** How many keys Redis looks at in one step of a scan. */
const SCAN_COUNT = 1000;

const DURABLE = Promise.resolve();

/** Room logs in Redis, shared by every process that uses it. */
export class RedisRooms implements RoomStore, ClusterRooms {
  private minted = 0;

  constructor(
    private readonly link: RedisLink,
    private readonly keys: RedisKeys,
    private readonly feed: RedisFeed,
    private readonly nodes: RedisNodes,
  ) {}

  append(room: string, entry: NewEntry, keep: number, writes: readonly DocumentWrite[] = []): Promise<Appended> {
    const { event, payload, at, onlyForUser } = entry;
    const documents = documentArguments(this.keys, writes);
    return this.write(async (redis, run) => {
      const appended = await APPEND.run(
        redis,
        [...this.keysOf(room), ...documents.keys],
        [
          ...this.epochArguments(run),
          this.keys.feed(room),
          this.feed.node,
          keep,
          event,
          payload,
          at,
          textOf(onlyForUser),
          ...documents.args,
        ],
      );
      if (typeof appended === 'number') throw conflictOver(writes, appended);
      return { ...this.position(appended), durable: DURABLE };
    });
  }

  head(room: string): Promise<Position> {
    return this.link.use(async (redis, run) => {
      return this.position(await HEAD.run(redis, this.keysOf(room), [...this.epochArguments(run), ORIGIN_S]));
    });
  }

  read(room: string, since: Position, limit: ReplayLimit): Promise<StoredEntry[] | undefined> {
    const { offset, epoch } = since;
    const args = [offset, epoch, finite(limit.events), finite(limit.bytes)];
    return this.link.use(async (redis) => (await READ.run(redis, this.keysOf(room), args))?.map(entryOf));
  }

  resume(room: string, { epoch, offset }: Position): Promise<Resumption> {
    return this.use(async (redis, run) => {
      const args = [...this.epochArguments(run), ORIGIN_S, offset, epoch];
      const [between, ...at] = await RESUME.run(redis, this.keysOf(room), args);
      return { ...this.position(at), between };
    });
  }

  trim(room: string, keep: number): Promise<void> {
    return this.link.write(async (redis) => void (await redis.xtrim(this.keys.log(room), 'MAXLEN', '=', keep + 1)));
  }

  clear(room: string): Promise<Position> {
    return this.write(async (redis, run) => {
      return this.position(await CLEAR.run(redis, this.keysOf(room), [...this.epochArguments(run), ORIGIN_S]));
    });
  }

  forget(room: string): Promise<void> {
    return this.link.write(async (redis) => void (await redis.del(this.keys.log(room), this.keys.origin(room))));
  }

  names(): Promise<string[]> {
    const before = this.keys.log('');
    return this.link.use(async (redis) => {
      const names = new Set<string>();
      let cursor = '0';
      do {
        const [next, found] = await redis.scan(cursor, 'MATCH', `${before}*`, 'COUNT', SCAN_COUNT);
        for (const key of found) names.add(textOfKeyPart(key.slice(before.length)));
        cursor = next;
      } while (cursor !== '0');
      return [...names];
    });
  }

  follow(room: string, follower: RoomFollower): Promise<() => void> {
    return this.feed.listen(this.keys.feed(room), {
      hear: (message) => pass(message, follower),
      check: () => follower.check(),
    });
  }

  publishVolatile(room: string, event: string, payload: string): Promise<void> {
    return this.link.use(async (redis) => {
      await redis.publish(this.keys.feed(room), [this.feed.node, '', '', '', event, '', payload].join('\n'));
    });
  }

  private use<T>(task: (redis: Redis, run: string) => Promise<T>): Promise<T> {
    return this.nodes.afterFirstBeat(() => this.link.use(task));
  }

  private write<T>(task: (redis: Redis, run: string) => Promise<T>): Promise<T> {
    return this.nodes.afterFirstBeat(() => this.link.write(task));
  }

  private keysOf(room: string): string[] {
    return [this.keys.log(room), this.keys.origin(room), ...this.nodes.historyKeys];
  }

  // A new epoch for the script to use if it has to begin one; no process and no history has the same one twice.
  private epochArguments(run: string): (string | number)[] {
    return [...this.nodes.historyArguments(run), `${this.nodes.self}.${(this.minted += 1).toString(36)}`];
  }

  private position([epoch, offset, ...history]: FlatPosition): Position {
    this.nodes.learn(history);
    return { epoch, offset };
  }
}

const finite = (limit: number): number => (Number.isFinite(limit) ? limit : -1);

// The only user as JSON text, which has no line ends and is never empty; for everybody it is empty.
const textOf = (user: string | undefined): string => (user === undefined ? '' : JSON.stringify(user));

const userIn = (text: string): string | undefined => (text === '' ? undefined : (JSON.parse(text) as string));

// Node, epoch, offset, time, event and user, then the payload; without an epoch the event has no position.
function pass(message: string, follower: RoomFollower): void {
  const parts: string[] = [];
  let from = 0;
  while (parts.length < PARTS) {
    const to = message.indexOf('\n', from);
    parts.push(message.slice(from, to));
    from = to + 1;
  }
  const [, epoch, offset, at, event, user] = parts as [string, string, string, string, string, string];
  const payload = message.slice(from);
  if (epoch === '') follower.volatilePublished(event, payload);
  else follower.appended(entryOf([offset, epoch, event, payload, at, user]));
}

function entryOf([offset, epoch, event, payload, at, user]: FlatEntry): StoredEntry {
  return { event, onlyForUser: userIn(user), epoch, offset: Number(offset), payload, at: Number(at) };
}
