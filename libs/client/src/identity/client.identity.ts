import { isClientId } from '@switchyard/contract';

/** The store of the client id; `localStorage` fits. */
export interface ClientStorage {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
}

const KEY = 'switchyard.client_id';

/** Reads the client id from `storage`, by default the browser's, or creates a random one of 128 bits and stores it. */
export function clientIdentity(storage?: ClientStorage): string {
  const id = randomId();
  try {
    const kept = storage ?? (globalThis as { localStorage?: ClientStorage }).localStorage;
    const stored = kept?.getItem(KEY);
    if (isClientId(stored)) return stored;
    kept?.setItem(KEY, id);
  } catch {
    // Storage may refuse access (private mode, quota); the id then lasts as long as the page.
  }
  return id;
}

/** 128 random bits as 32 hexadecimal digits. */
export function randomId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
