import { keyPart, textOfKeyPart } from '../key.parts.js';
import type { Lease, LeaseStore } from '../store.js';
import type { RedisFeed } from './redis.feed.js';
import type { RedisKeys } from './redis.keys.js';
import type { RedisLink } from './redis.link.js';
import { KEEP_LEASE, RELEASE_LEASE, SEIZE_LEASE } from './redis.scripts.js';

/** How long an owner whose lease was seized can find that out, in ms. */
const SEIZED_MS = 3_600_000;

/** Leases in Redis: a hash with the owner of each, and a key for each owner that is gone soon after it was last heard of. */
export class RedisLeases implements LeaseStore {
  constructor(
    private readonly link: RedisLink,
    private readonly keys: RedisKeys,
    private readonly feed: RedisFeed,
  ) {}

  live(owner: string, ttl_ms: number): Promise<void> {
    const ttl = Math.ceil(ttl_ms);
    return this.link.use(async (redis) => void (await redis.set(this.keys.lease(owner), '1', 'PX', ttl)));
  }

  leave(owner: string): Promise<void> {
    return this.link.use(async (redis) => void (await redis.del(this.keys.lease(owner))));
  }

  // A plain command, sent at once: what is sent to Redis after it comes after it.
  take(key: string, owner: string): Promise<boolean> {
    return this.link.use(async (redis) => {
      const [field, holder] = [keyPart(key), keyPart(owner)];
      if ((await redis.hsetnx(this.keys.leases, field, holder)) === 1) return true;
      // It may be its own, not given back yet.
      return (await redis.hget(this.keys.leases, field)) === holder;
    });
  }

  keep(key: string, owner: string): Promise<boolean> {
    const keys = [this.keys.leases, this.keys.seized(key, owner)];
    return this.link.use(async (redis) => (await KEEP_LEASE.run(redis, keys, [key, owner].map(keyPart))) === 1);
  }

  seize(key: string, owner: string, from: string): Promise<boolean> {
    const keys = [this.keys.leases, this.keys.lease(from), this.keys.seized(key, from)];
    const args = [...[key, owner, from].map(keyPart), SEIZED_MS];
    return this.link.use(async (redis) => (await SEIZE_LEASE.run(redis, keys, args)) === 1);
  }

  release(key: string, owner: string): Promise<void> {
    return this.link.use(
      async (redis) => void (await RELEASE_LEASE.run(redis, [this.keys.leases], [key, owner].map(keyPart))),
    );
  }

  find(key: string): Promise<string | undefined> {
    return this.link.use(async (redis) => {
      const holder = await redis.hget(this.keys.leases, keyPart(key));
      return holder === null ? undefined : textOfKeyPart(holder);
    });
  }

  onReturn(back: () => void): void {
    this.link.onReturn(back);
  }

  send(owner: string, text: string): Promise<boolean> {
    const message = `${this.feed.node}\n${text}`;
    return this.link.use(async (redis) => (await redis.publish(this.keys.owner(owner), message)) > 0);
  }

  hear(owner: string, heard: (text: string) => void): Promise<() => void> {
    return this.feed.listen(this.keys.owner(owner), {
      hear: (message) => heard(message.slice(message.indexOf('\n') + 1)),
      check: () => undefined,
    });
  }

  list(): Promise<Lease[]> {
    return this.link.use(async (redis) => {
      const stored = Object.entries(await redis.hgetall(this.keys.leases));
      const owners = stored.map(([key, owner]) => [textOfKeyPart(key), textOfKeyPart(owner)] as const);
      const names = [...new Set(owners.map(([, owner]) => owner))];
      const found = names.length > 0 ? await redis.mget(names.map((name) => this.keys.lease(name))) : [];
      const alive = new Set(names.filter((_, index) => found[index] !== null));
      return owners.map(([key, owner]) => ({ key, owner, isAlive: alive.has(owner) }));
    });
  }
}
