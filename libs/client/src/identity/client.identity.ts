import { isClientId } from '@switchyard/contract';

/** The store of the client id; `localStorage` fits. */
export interface ClientStorage {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
}

const KEY = 'switchyard.client_id';

/** Reads the client id from `storage`, or creates a random one of 128 bits and stores it. */
export function clientIdentity(storage: ClientStorage | undefined = browserStorage()): string {
  try {
    const stored = storage?.getItem(KEY);
    if (isClientId(stored)) return stored;
    const id = randomId();
    storage?.setItem(KEY, id);
    return id;
  } catch {
    // Storage may refuse access (private mode, quota); the id then lasts as long as the page.
    return randomId();
  }
}

/** 128 random bits as 32 hexadecimal digits. */
export function randomId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function browserStorage(): ClientStorage | undefined {
  try {
    return (globalThis as { localStorage?: ClientStorage }).localStorage;
  } catch {
    return undefined;
  }
}
