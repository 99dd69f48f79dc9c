import type { PageStorage } from '../storage/page.storage.js';

const KEY = 'switchyard.query-room';

/** The room this browser asks in, the same in all its tabs and after a reload. */
export function keptRoom(storage: Pick<PageStorage, 'get' | 'set'>): string {
  return storage.get(KEY) ?? newRoom(storage);
}

/** A room in which nobody has asked yet, kept instead of the one before. */
export function newRoom(storage: Pick<PageStorage, 'set'>): string {
  // Not randomUUID, which a page that came over plain HTTP does not have.
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  const room = `console-${Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')}`;
  storage.set(KEY, room);
  return room;
}
