import type { ServiceContract } from './service.contract.js';

const KEY = /^[A-Za-z0-9_.:@-]{1,128}$/;

/** Whether `key` is a valid room key: 1 to 128 characters of `[A-Za-z0-9_.:@-]`. */
export function isRoomKey(key: unknown): key is string {
  return typeof key === 'string' && KEY.test(key);
}

/** The room key in a service with a single room. */
export const SINGLE_ROOM_KEY = 'all';

/** The name of a service's room `key`, for example `crawl_42`. */
export function roomName(contract: ServiceContract, key: string): string {
  return 'name' in contract.room ? contract.room.name : `${contract.room.prefix}_${key}`;
}

/** The key of the room with this name; undefined when the service has no such room. */
export function roomKey(contract: ServiceContract, name: unknown): string | undefined {
  if (typeof name !== 'string') return undefined;
  if ('name' in contract.room) return name === contract.room.name ? SINGLE_ROOM_KEY : undefined;
  const prefix = `${contract.room.prefix}_`;
  const key = name.startsWith(prefix) ? name.slice(prefix.length) : '';
  return isRoomKey(key) ? key : undefined;
}

/** The room key in a payload's key field, or the contract's default; undefined when there is none or it is malformed. */
export function keyInPayload(contract: ServiceContract, payload: unknown): string | undefined {
  if ('name' in contract.room) return SINGLE_ROOM_KEY;
  const { key, default: fallback } = contract.room;
  const value = typeof payload === 'object' && payload !== null ? (payload as Record<string, unknown>)[key] : undefined;
  if (value === undefined || value === null) return fallback;
  return isRoomKey(value) ? value : undefined;
}

/** The HTTP path for polling a service's rooms; append `/{key}`. */
export function pollPath(contract: ServiceContract): string {
  return `/realtime/rooms/${contract.name}`;
}

/** The HTTP path of a call, for clients on wires that cannot carry calls. */
export function callPath(contract: ServiceContract, call: string): string {
  return `/realtime/calls/${contract.name}/${call}`;
}
