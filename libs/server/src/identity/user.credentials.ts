import type { Caller, User } from '../caller/caller.js';
import type { Credentials } from '../options/realtime.options.js';

/** Beside the user and not in it, so that no credential is stored, sent to another process or logged with a caller. */
const known = new WeakMap<User, Credentials>();

/** Remembers what a user of this process was authenticated with, for as long as the user is in use. */
export function rememberCredentials(user: User, credentials: Credentials): void {
  known.set(user, credentials);
}

/** What the caller was authenticated with; undefined for an anonymous caller, and for one of another process. */
export function credentialsOf({ user }: Pick<Caller, 'user'>): Credentials | undefined {
  return user && known.get(user);
}
