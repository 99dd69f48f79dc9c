import { join, resolve } from 'node:path';
import { Logger } from '@nestjs/common';
import { openLmdbStore, type Store } from '@switchyard/server';
import type { Environment } from './config/environment.js';

/**
 * Opens the store that the environment asks for, and says where it is.
 *
 * @throws Error saying what is wrong with the data and what to do
 */
export async function openStore({ DATA_DIR }: Environment): Promise<Store> {
  const logger = new Logger('store');
  const folder = resolve(join(DATA_DIR, 'store'));
  const began = performance.now();
  const store = await openLmdbStore(folder);
  const took_ms = Math.ceil(performance.now() - began);
  const rooms = (await store.rooms.names()).length;
  logger.log(`the data is in ${folder}: ${rooms} ${rooms === 1 ? 'room' : 'rooms'}, opened in ${took_ms} ms`);
  if (store.isAfterCrash)
    logger.warn('the process that had it before did not close it; what it had acknowledged is there');
  return store;
}
