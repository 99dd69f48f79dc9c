import { setTimeout as pause } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { type Cluster, Heartbeat, type Store, newNodeId } from '@switchyard/server/store';
import { RedisCalls } from './redis.calls.js';
import { RedisConnections } from './redis.connections.js';
import { RedisDocuments } from './redis.documents.js';
import { durabilityOf } from './redis.durability.js';
import { RedisFeed } from './redis.feed.js';
import { RedisKeys } from './redis.keys.js';
import { RedisLeases } from './redis.leases.js';
import { RedisLimits } from './redis.limits.js';
import { RedisLink } from './redis.link.js';
import { RedisMessages } from './redis.messages.js';
import { RedisNodes } from './redis.nodes.js';
import { RedisPresence } from './redis.presence.js';
import { RedisRooms } from './redis.rooms.js';
import { RedisSeries } from './redis.series.js';

const PREFIX = 'switchyard:';
/** How long Redis may take to answer a readiness check. */
const READY_WITHIN_MS = 1000;
/** How long and how often opening tries to reach Redis, in ms. */
const OPEN_WITHIN_MS = 5000;
const OPEN_EVERY_MS = 100;
/** The oldest supported version, 6.2, as a number. */
const MIN_VERSION = 602;

/** The server of a store in Redis, and the prefix of its keys (default `switchyard:`). */
export interface RedisStoreOptions {
  /** `redis://` or `rediss://`, with user, password and database number where needed. */
  url: string;
  prefix?: string;
}

/** A store in Redis, shared by several processes; made by `openRedisStore`. */
export class RedisStore implements Store {
  readonly kind = 'redis';
  readonly rooms: RedisRooms;
  readonly documents: RedisDocuments;
  readonly calls: RedisCalls;
  readonly limits: RedisLimits;
  readonly series: RedisSeries;
  readonly cluster: Cluster;
  readonly node = newNodeId();
  private readonly heartbeat: Heartbeat;
  private readonly feed: RedisFeed;
  private readonly nodes: RedisNodes;
  private readonly keys: RedisKeys;
  private readonly companions = new Set<{ close(): void }>();
  private knownDurability = 'Redis has not been reached yet.';

  constructor(
    private readonly url: string,
    prefix: string,
    private readonly link: RedisLink,
    private readonly listening: RedisLink,
  ) {
    const keys = new RedisKeys(prefix, link.database);
    const feed = new RedisFeed(listening, this.node);
    const nodes = new RedisNodes(link, keys, this.node);
    const node = new Heartbeat(this.node, nodes);
    this.rooms = new RedisRooms(link, keys, feed, nodes);
    this.documents = new RedisDocuments(link, keys, feed);
    this.calls = new RedisCalls(link, keys, nodes);
    this.limits = new RedisLimits(link, keys);
    this.series = new RedisSeries(link, keys);
    this.cluster = {
      node,
      nodes,
      rooms: this.rooms,
      messages: new RedisMessages(link, keys, feed),
      leases: new RedisLeases(link, keys, nodes),
      connections: new RedisConnections(link, keys, feed, nodes, node),
      presence: new RedisPresence(link, keys, nodes),
      watch: (collection, changed) => this.documents.watch(collection, changed),
      outcome: (callKey) => this.calls.outcome(callKey),
    };
    node.onBeat(() => this.calls.recordAllLate());
    [this.keys, this.feed, this.nodes, this.heartbeat] = [keys, feed, nodes, node];
    link.onReturn(() => {
      node.tryToBeat();
      void this.assess();
    });
  }

  /** The address of Redis, without user and password. */
  get server(): string {
    return serverOf(this.url);
  }

  get durability(): string {
    return this.knownDurability;
  }

  get degradedReason(): string | undefined {
    return this.link.degradedReason;
  }

  get writes(): number {
    return this.link.writes;
  }

  async ready(): Promise<boolean> {
    const isReady = this.listening.isUp && (await this.link.answers(READY_WITHIN_MS));
    // Its configuration may have changed.
    if (isReady) await this.assess();
    return isReady;
  }

  /** The URL of Redis, and the prefix of the channels of Socket.IO's adapter. */
  get address(): { url: string; socketsKey: string } {
    return { url: this.url, socketsKey: this.keys.sockets };
  }

  /** Closes `companion` with the store: a connection beside the store's own. */
  closeWith(companion: { close(): void }): void {
    this.companions.add(companion);
  }

  /** Sends the first heartbeat, and the others from now on. @throws Fault `store.unavailable` */
  start(): Promise<void> {
    this.heartbeat.start();
    return this.heartbeat.beat();
  }

  async close(): Promise<void> {
    this.heartbeat.stop();
    this.feed.close();
    this.calls.close();
    await this.nodes.close();
    for (const companion of this.companions) companion.close();
    await Promise.all([this.link.close(), this.listening.close()]);
  }

  /** Reads how durable Redis is; again on each call, as the configuration may change. */
  async assess(): Promise<void> {
    this.knownDurability = await this.link.use((redis) => durabilityOf(redis)).catch(() => this.knownDurability);
  }
}

/**
 * Opens a store in Redis, and tries for some seconds to reach it.
 *
 * @throws Error that names the server (never its password) when it cannot be reached, is too old, or is a cluster
 */
export async function openRedisStore({ url, prefix = PREFIX }: RedisStoreOptions): Promise<RedisStore> {
  const link = new RedisLink(url, 'data');
  const listening = new RedisLink(url, 'the feed of rooms');
  try {
    checkServer(await reach(link, url), url);
    await reach(listening, url);
    const store = new RedisStore(url, prefix, link, listening);
    // A Redis that takes no writes now can still be read.
    await Promise.all([store.start().catch(() => undefined), store.assess()]);
    return store;
  } catch (error) {
    await Promise.all([link.close(), listening.close()]);
    throw error;
  }
}

async function reach(link: RedisLink, url: string): Promise<string> {
  const until = performance.now() + OPEN_WITHIN_MS;
  for (let isLogged = false; ; isLogged = true) {
    try {
      return await link.use((redis) => redis.info('server'));
    } catch {
      const reason = link.lastError?.message ?? 'it does not answer';
      if (performance.now() > until) throw new Error(`unable to reach Redis at ${serverOf(url)}; ${reason}`);
      if (!isLogged) new Logger('store').warn(`Redis at ${serverOf(url)} cannot be reached yet; ${reason}`);
      await pause(OPEN_EVERY_MS);
    }
  }
}

function checkServer(info: string, url: string): void {
  const [, major = '0', minor = '0'] = /redis_version:(\d+)\.(\d+)/.exec(info) ?? [];
  if (Number(major) * 100 + Number(minor) < MIN_VERSION) {
    throw new Error(
      `unable to use Redis at ${serverOf(url)}; it is ${major}.${minor}, and 6.2 is the oldest that works`,
    );
  }
  if (info.includes('redis_mode:cluster')) {
    throw new Error(
      `unable to use Redis at ${serverOf(url)}; it is a cluster, and a room and its documents have to be on one server`,
    );
  }
}

function serverOf(url: string): string {
  const { protocol, host } = new URL(url);
  return `${protocol}//${host}`;
}
