import { Fault } from '@switchyard/contract';
import type { Caller, User } from './caller.js';

/** Whether a user's credential has expired; it is valid strictly before `expires_at`, and always without one. */
export function hasExpired({ expires_at }: Pick<User, 'expires_at'>, now = Date.now()): boolean {
  // JSON has no Infinity, so a user sent by another process may have null instead.
  if (expires_at === undefined || expires_at === null) return false;
  // Not `now >= expires_at`: a value that is not a number must count as expired.
  return !(now < expires_at);
}

/** Refuses a caller whose credential has expired. @throws Fault `auth.expired` */
export function checkCredential({ user }: Pick<Caller, 'user'>): void {
  if (user && hasExpired(user)) throw new Fault('auth.expired');
}
