import { Fault } from '@switchyard/contract';
import type { Caller, User } from './caller.js';

/** Whether a user's credential has ended; it holds strictly before `expires_at`, and for ever without one. */
export function hasEnded({ expires_at }: Pick<User, 'expires_at'>, now = Date.now()): boolean {
  // JSON has no Infinity: a user that another process sent may have null in its place.
  if (expires_at === undefined || expires_at === null) return false;
  // Written this way round, so that a time which is not a number counts as over.
  return !(now < expires_at);
}

/** Refuses a caller whose credential has ended since it was verified. @throws Fault `auth.expired` */
export function checkCredential({ user }: Pick<Caller, 'user'>): void {
  if (user && hasEnded(user)) throw new Fault('auth.expired');
}
