import { join, resolve } from 'node:path';
import { Logger } from '@nestjs/common';
import type { Store } from '@switchyard/server';
import { openLmdbStore } from '@switchyard/store-lmdb';
import { openRedisStore } from '@switchyard/store-redis';
import type { Environment } from '../config/environment.js';

const logger = new Logger('store');

/**
 * Opens the store that the environment names, and logs its location.
 *
 * @throws Error with the fault of the data or of the connection, and what to do
 */
export function openStore({ DATA_DIR, REDIS_URL }: Environment): Promise<Store> {
  return REDIS_URL === undefined ? openData(DATA_DIR) : openRedis(REDIS_URL);
}

async function openData(directory: string): Promise<Store> {
  const folder = resolve(join(directory, 'store'));
  const began = performance.now();
  const store = await openLmdbStore(folder);
  const took_ms = Math.ceil(performance.now() - began);
  const rooms = (await store.rooms.names()).length;
  logger.log(`the data is in ${folder}: ${rooms} ${rooms === 1 ? 'room' : 'rooms'}, opened in ${took_ms} ms`);
  if (store.isAfterCrash)
    logger.warn('the last process did not close the store; everything that it acknowledged is there');
  return store;
}

async function openRedis(url: string): Promise<Store> {
  try {
    const store = await openRedisStore({ url });
    logger.log(`the data is in Redis at ${store.server}, shared with every process there. ${store.durability}`);
    return store;
  } catch (error) {
    throw new Error(`${(error as Error).message}; check REDIS_URL, or unset it to keep the data under DATA_DIR`);
  }
}
