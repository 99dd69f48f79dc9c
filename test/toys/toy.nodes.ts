import { openRedisStore, socketIoAdapter } from '@switchyard/store-redis';
import type { TestRedis } from '../harness/redis.js';
import { startToys, type ToyApp, type ToyOptions } from './toy.app.js';

/** Starts the toy services in two applications that share a Redis, like two processes. */
export async function startNodes(redis: TestRedis, options: ToyOptions = {}): Promise<[ToyApp, ToyApp]> {
  const openStore = () => openRedisStore({ url: redis.url });
  const start = () => startToys({ ...options, openStore, socketIoAdapter });
  return Promise.all([start(), start()]);
}
