import type { PageStorage } from '../storage/page.storage.js';

const KEY = 'switchyard.query-room';

/** Returns this browser's query room, shared by its tabs and kept across reloads. */
export function storedRoom(storage: Pick<PageStorage, 'get' | 'set'>): string {
  return storage.get(KEY) ?? newRoom(storage);
}

/** Creates and stores a new query room. */
export function newRoom(storage: Pick<PageStorage, 'set'>): string {
  // `randomUUID` is missing on pages over plain HTTP.
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  const room = `console-${Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')}`;
  storage.set(KEY, room);
  return room;
}
