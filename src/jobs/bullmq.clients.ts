import { Redis, type RedisOptions } from 'ioredis';

const CONNECTION: RedisOptions = {
  connectTimeout: 2000,
  disconnectTimeout: 100,
  retryStrategy: (attempt) => Math.min(attempt * 50, 500),
};

/** The connections of one name's jobs, and the copies that BullMQ makes of them; it would wait for Redis to end those. */
export class BullClients {
  /** For who asks: told at once that Redis is away. */
  readonly asking: Redis;
  /** For who works: waits for the return of Redis. */
  readonly working: Redis;
  private readonly all: Redis[] = [];

  constructor(url: string) {
    this.asking = this.watch(
      new Redis(url, { ...CONNECTION, enableOfflineQueue: false, maxRetriesPerRequest: 0, commandTimeout: 3000 }),
    );
    this.working = this.watch(new Redis(url, { ...CONNECTION, maxRetriesPerRequest: null }));
    this.working.duplicate = (options) => this.watch(new Redis({ ...this.working.options, ...options }));
  }

  /** Ends every connection, whatever it is about. */
  close(): void {
    for (const client of this.all) client.disconnect();
  }

  private watch(client: Redis): Redis {
    // The store's own connection to the same server tells people; without a listener ioredis would.
    client.on('error', () => undefined);
    this.all.push(client);
    return client;
  }
}
