import { HIDDEN_EVENT } from '@switchyard/contract';
import { isOpenTo, type Caller } from '../caller/caller.js';

/** An event, or one on its way to members. */
interface Shown {
  event: string;
  payload: unknown;
}

/** What callers get in place of an event that is for another user only; it keeps the event's position. */
export function hidden<E extends Shown>(event: E): E {
  return { ...event, event: HIDDEN_EVENT, payload: {} };
}

/** The event as this caller gets it: unchanged, or as a `hidden` event when it is for another user only. */
export function shownTo<E extends Shown>(event: E, onlyForUser: string | undefined, caller: Caller): E {
  return isOpenTo(caller, onlyForUser) ? event : hidden(event);
}
