import { createAdapter } from '@socket.io/redis-adapter';
import { Redis } from 'ioredis';
import type { ServerOptions } from 'socket.io';
import { CONNECTION } from './redis.link.js';

/** How long the others may take to answer, in ms; one that is dead never does. */
const ANSWER_WITHIN_MS = 2000;

/** Lets the Socket.IO servers of all processes reach each other's sockets: control events and operations on sockets. */
export class RedisSockets {
  readonly adapter: ServerOptions['adapter'];
  private readonly clients: readonly Redis[];

  /** @param key what the adapter's channels begin with. */
  constructor(url: string, key: string) {
    const publisher = new Redis(url, { ...CONNECTION, enableOfflineQueue: false, maxRetriesPerRequest: 0 });
    const subscriber = new Redis(url, { ...CONNECTION, maxRetriesPerRequest: null });
    this.clients = [publisher, subscriber];
    // The link to the same server tells people; without a listener ioredis would.
    for (const client of this.clients) {
      client.on('error', () => undefined);
      // Each namespace's adapter listens too.
      client.setMaxListeners(0);
    }
    // The adapter lets the promises go: while Redis is away, what is published reaches local sockets only.
    forgive(publisher, 'publish');
    forgive(subscriber, 'subscribe', 'psubscribe', 'unsubscribe', 'punsubscribe');
    this.adapter = createAdapter(publisher, subscriber, { key, requestsTimeout: ANSWER_WITHIN_MS });
  }

  /** Ends its connections. */
  close(): void {
    for (const client of this.clients) client.disconnect();
  }
}

type Commands = Record<string, (...args: unknown[]) => Promise<unknown>>;

function forgive(client: Redis, ...commands: readonly string[]): void {
  for (const name of commands) {
    const command = (client as unknown as Commands)[name]!.bind(client);
    Object.assign(client, { [name]: (...args: unknown[]) => command(...args).catch(() => 0) });
  }
}
