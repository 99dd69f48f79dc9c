import type { NewEntry } from './store.js';

/**
 * The name of a stored entry's event and whom it is for. Without `onlyForUser`, it may be in the name, behind a
 * space that no name has: so it was written before it had a place of its own.
 */
export function addressOf(name: string, onlyForUser: string | undefined): Pick<NewEntry, 'event' | 'onlyForUser'> {
  if (onlyForUser !== undefined) return { event: name, onlyForUser };
  const [event = '', user] = name.split(' ');
  return user === undefined ? { event } : { event, onlyForUser: decodeURIComponent(user) };
}
