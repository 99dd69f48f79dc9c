import type { NewEntry } from './store.js';

/**
 * The name of a stored entry's event and whom it is for. Where there is no `audience`, it may be in the name, behind a
 * space that no name has: so it was written before it had a place of its own.
 */
export function addressOf(name: string, audience: string | undefined): Pick<NewEntry, 'event' | 'audience'> {
  if (audience !== undefined) return { event: name, audience };
  const [event = '', user] = name.split(' ');
  return user === undefined ? { event } : { event, audience: decodeURIComponent(user) };
}
