import {
  DocumentConflict,
  type DocumentStore,
  type DocumentWrite,
  expectedText,
  keyPart,
  textOfKeyPart,
} from '@switchyard/server/store';
import { WRITE_DOCUMENTS } from './redis.document.scripts.js';
import type { RedisFeed } from './redis.feed.js';
import type { RedisKeys } from './redis.keys.js';
import type { RedisLink } from './redis.link.js';

/** Two texts that are no JSON: one for nothing at all, one for no document. */
const NOTHING = '';
const ABSENT = '-';

/** The keys and arguments of a script for writes: id, text (nothing deletes) and expected text of each. */
export function documentArguments(
  keys: RedisKeys,
  writes: readonly DocumentWrite[],
): { keys: string[]; args: string[] } {
  return {
    keys: writes.map(({ collection }) => keys.documents(collection)),
    args: writes.flatMap((write) => {
      const expected = expectedText(write);
      const text = write.value === null ? NOTHING : JSON.stringify(write.value);
      return [keyPart(write.id), text, expected === undefined ? NOTHING : (expected ?? ABSENT)];
    }),
  };
}

/** The conflict over the write that a script refused; `number` counts from 1. */
export function conflictOver(writes: readonly DocumentWrite[], number: number): DocumentConflict {
  return new DocumentConflict(writes[number - 1]!);
}

/** Documents in Redis: a hash for each collection, JSON text by id. */
export class RedisDocuments implements DocumentStore {
  constructor(
    private readonly link: RedisLink,
    private readonly keys: RedisKeys,
    private readonly feed: RedisFeed,
  ) {}

  get<T extends object>(collection: string, id: string): Promise<T | undefined> {
    return this.link.use(async (redis) => {
      const text = await redis.hget(this.keys.documents(collection), keyPart(id));
      return text === null ? undefined : (JSON.parse(text) as T);
    });
  }

  list<T extends object>(collection: string): Promise<T[]> {
    return this.link.use(async (redis) => {
      const stored = Object.entries(await redis.hgetall(this.keys.documents(collection)));
      const entries = stored.map(([id, text]) => [textOfKeyPart(id), text] as const);
      entries.sort(([a], [b]) => (a < b ? -1 : 1));
      return entries.map(([, text]) => JSON.parse(text) as T);
    });
  }

  write(writes: readonly DocumentWrite[]): Promise<void> {
    const { keys, args } = documentArguments(this.keys, writes);
    const channels = [...new Set(writes.map(({ collection }) => this.keys.changes(collection)))];
    return this.link.write(async (redis) => {
      const refused = await WRITE_DOCUMENTS.run(redis, keys, [this.feed.node, channels.length, ...channels, ...args]);
      if (refused !== null) throw conflictOver(writes, refused);
    });
  }

  /** See `Cluster.watch`. */
  watch(collection: string, changed: () => void): Promise<() => void> {
    return this.feed.listen(this.keys.changes(collection), { hear: changed, check: changed });
  }
}
