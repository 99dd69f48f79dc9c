import { Redis, type RedisOptions } from 'ioredis';

const CONNECTION: RedisOptions = {
  connectTimeout: 2000,
  disconnectTimeout: 100,
  retryStrategy: (attempt) => Math.min(attempt * 50, 500),
};

/** The Redis connections of one queue, with the copies that BullMQ makes; BullMQ would wait for Redis to close those. */
export class BullClients {
  /** For questions: fails at once when Redis is away. */
  readonly asking: Redis;
  /** For the worker: waits until Redis is back. */
  readonly working: Redis;
  private readonly all: Redis[] = [];

  constructor(url: string) {
    this.asking = this.watch(
      new Redis(url, { ...CONNECTION, enableOfflineQueue: false, maxRetriesPerRequest: 0, commandTimeout: 3000 }),
    );
    this.working = this.watch(new Redis(url, { ...CONNECTION, maxRetriesPerRequest: null }));
    this.working.duplicate = (options) => this.watch(new Redis({ ...this.working.options, ...options }));
  }

  /** Closes every connection at once. */
  close(): void {
    for (const client of this.all) client.disconnect();
  }

  private watch(client: Redis): Redis {
    // The store's connection to the same server logs errors; without a listener ioredis would log them again.
    client.on('error', () => undefined);
    this.all.push(client);
    return client;
  }
}
