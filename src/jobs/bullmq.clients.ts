import { Redis, type RedisOptions } from 'ioredis';

const CONNECTION: RedisOptions = {
  connectTimeout: 2000,
  disconnectTimeout: 100,
  retryStrategy: (attempt) => Math.min(attempt * 50, 500),
};

/** The Redis connections of one queue, with BullMQ's copies of them, which BullMQ itself would close only once Redis answers. */
export class BullClients {
  /** For commands: fails at once when Redis is away. */
  readonly commands: Redis;
  /** For the worker: waits until Redis is back. */
  readonly worker: Redis;
  private readonly all: Redis[] = [];

  constructor(url: string) {
    this.commands = this.watch(
      new Redis(url, { ...CONNECTION, enableOfflineQueue: false, maxRetriesPerRequest: 0, commandTimeout: 3000 }),
    );
    this.worker = this.watch(new Redis(url, { ...CONNECTION, maxRetriesPerRequest: null }));
    this.worker.duplicate = (options) => this.watch(new Redis({ ...this.worker.options, ...options }));
  }

  /** Closes every connection at once. */
  close(): void {
    for (const client of this.all) client.disconnect();
  }

  private watch(client: Redis): Redis {
    // The store logs the errors of this server. Without a listener, ioredis would log them again.
    client.on('error', () => undefined);
    this.all.push(client);
    return client;
  }
}
