import { createAdapter } from '@socket.io/redis-adapter';
import { Redis } from 'ioredis';
import type { Store } from '@switchyard/server/store';
import { CONNECTION } from './redis.link.js';
import { RedisStore } from './redis.store.js';

/** How long the other processes may take to answer, in ms; one that is dead never does. */
const ANSWER_WITHIN_MS = 2000;

/**
 * Socket.IO's own adapter over the store's Redis, closed with the store: for applications that reach sockets of other
 * processes with Socket.IO's operations (`server.in(room).disconnectSockets()`, `fetchSockets()`), which the framework
 * itself does not use. Undefined for a store that is not in Redis.
 */
export function socketIoAdapter(store: Store): ReturnType<typeof createAdapter> | undefined {
  if (!(store instanceof RedisStore)) return undefined;
  const { url, socketsKey } = store.address;
  const publisher = new Redis(url, { ...CONNECTION, enableOfflineQueue: false, maxRetriesPerRequest: 0 });
  const subscriber = new Redis(url, { ...CONNECTION, maxRetriesPerRequest: null });
  for (const client of [publisher, subscriber]) {
    // The store logs that the same server is away; without a listener ioredis would log it as well.
    client.on('error', () => undefined);
    // The adapter of each namespace listens too.
    client.setMaxListeners(0);
    store.closeWith({ close: () => client.disconnect() });
  }
  // The adapter ignores the promises: while Redis is away, messages reach local sockets only.
  ignoreFailures(publisher, 'publish');
  ignoreFailures(subscriber, 'subscribe', 'psubscribe', 'unsubscribe', 'punsubscribe');
  return createAdapter(publisher, subscriber, { key: socketsKey, requestsTimeout: ANSWER_WITHIN_MS });
}

type Commands = Record<string, (...args: unknown[]) => Promise<unknown>>;

function ignoreFailures(client: Redis, ...commands: readonly string[]): void {
  for (const name of commands) {
    const command = (client as unknown as Commands)[name]!.bind(client);
    Object.assign(client, { [name]: (...args: unknown[]) => command(...args).catch(() => 0) });
  }
}
