import { isClientId } from '@switchyard/contract';

/** Where the client id is kept; `localStorage` fits. */
export interface ClientStorage {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
}

const KEY = 'switchyard.client_id';

/** The id kept in `storage`, or a new random one of 128 bits that is kept from now on. */
export function clientIdentity(storage: ClientStorage | undefined = browserStorage()): string {
  try {
    const kept = storage?.getItem(KEY);
    if (isClientId(kept)) return kept;
    const id = randomId();
    storage?.setItem(KEY, id);
    return id;
  } catch {
    // Storage may be there and refuse (private mode, quota); the id then lives as long as the page.
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
