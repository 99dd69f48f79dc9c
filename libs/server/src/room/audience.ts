import { HIDDEN_EVENT } from '@switchyard/contract';
import { isOpenTo, type Caller } from '../caller/caller.js';
import type { StoredEntry } from '../store/entry.js';

/** An event, or one on its way to members. */
interface Shown {
  event: string;
  payload: unknown;
}

/** What callers get in place of an event that is for another user only; it keeps the event's position. */
export function hidden<E extends Shown>(event: E): E {
  return { ...event, event: HIDDEN_EVENT, payload: {} };
}

/**
 * Whether an entry begins an epoch whose state does not follow from the events before: members that cannot notice the new
 * epoch need a snapshot. An event for one user keeps its name in the log, so no other entry is `hidden`.
 */
export function isRenewal({ event }: Pick<StoredEntry, 'event'>): boolean {
  return event === HIDDEN_EVENT;
}

/** The event as this caller gets it: unchanged, or as a `hidden` event when it is for another user only. */
export function shownTo<E extends Shown>(event: E, onlyForUser: string | undefined, caller: Caller): E {
  return isOpenTo(caller, onlyForUser) ? event : hidden(event);
}
