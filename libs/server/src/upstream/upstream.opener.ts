import type { Caller } from '../caller/caller.js';
import { hasExpired } from '../caller/credential.js';
import { credentialsOf } from '../identity/user.credentials.js';

/** Whether an old server can be opened for the caller by this process, which then knows the caller's credentials. */
export function canOpen({ user }: Pick<Caller, 'user'>): boolean {
  return !user || (!hasExpired(user) && credentialsOf({ user }) !== undefined);
}

/** The caller whose credentials last longest; undefined when this process can open an old server for none. */
export function openerAmong(callers: readonly Caller[]): Caller | undefined {
  const able = callers.filter(canOpen);
  return able.reduce<Caller | undefined>(
    (best, caller) => (best && expiryOf(best) >= expiryOf(caller) ? best : caller),
    undefined,
  );
}

function expiryOf({ user }: Caller): number {
  return user?.expires_at ?? Infinity;
}
