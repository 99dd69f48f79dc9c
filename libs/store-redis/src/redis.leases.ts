import { type Lease, type LeaseStore, keyPart, textOfKeyPart } from '@switchyard/server/store';
import type { RedisKeys } from './redis.keys.js';
import { KEEP_LEASE, RELEASE_LEASE, SEIZE_LEASE } from './redis.lease.scripts.js';
import type { RedisLink } from './redis.link.js';
import type { RedisNodes, Silence } from './redis.nodes.js';

/** For how long an owner can learn that its lease was seized, in ms. */
const SEIZED_MS = 3_600_000;

/** Leases in Redis: a hash with the owner of each. */
export class RedisLeases implements LeaseStore {
  constructor(
    private readonly link: RedisLink,
    private readonly keys: RedisKeys,
    private readonly nodes: RedisNodes,
  ) {}

  // A plain command, sent at once, so that later commands come after it.
  take(key: string, owner: string): Promise<boolean> {
    return this.link.use(async (redis) => {
      const [field, holder] = [keyPart(key), keyPart(owner)];
      if ((await redis.hsetnx(this.keys.leases, field, holder)) === 1) return true;
      // The owner may have it already.
      return (await redis.hget(this.keys.leases, field)) === holder;
    });
  }

  keep(key: string, owner: string): Promise<boolean> {
    const keys = [this.keys.leases, this.keys.seized(key, owner)];
    return this.link.use(async (redis) => (await KEEP_LEASE.run(redis, keys, [key, owner].map(keyPart))) === 1);
  }

  seize(key: string, owner: string, from: string, silent_ms: number): Promise<boolean> {
    const keys = [this.keys.leases, this.keys.nodes, this.keys.seized(key, from)];
    const args = [...[key, owner, from].map(keyPart), from, Math.ceil(silent_ms), SEIZED_MS];
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

  async list(silent_ms: number): Promise<Lease[]> {
    const stored = Object.entries(await this.link.use((redis) => redis.hgetall(this.keys.leases)));
    const owners = stored.map(([key, owner]) => [textOfKeyPart(key), textOfKeyPart(owner)] as const);
    const names = [...new Set(owners.map(([, owner]) => owner))];
    const silences = await this.nodes.silences(names);
    const isAlive = ({ silent_ms: silent, mark }: Silence) => silent < silent_ms && mark === '';
    const alive = new Set(names.filter((_, index) => isAlive(silences[index]!)));
    return owners.map(([key, owner]) => ({ key, owner, isAlive: alive.has(owner) }));
  }
}
