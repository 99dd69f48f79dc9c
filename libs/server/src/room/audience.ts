import { HIDDEN_EVENT } from '@switchyard/contract';
import { isOpenTo, type Caller } from '../caller/caller.js';

/** The event as this caller gets it: unchanged, or as a `hidden` event when it is for another user only. */
export function shownTo<E extends { event: string; payload: unknown }>(
  event: E,
  onlyForUser: string | undefined,
  caller: Caller,
): E {
  return isOpenTo(caller, onlyForUser) ? event : { ...event, event: HIDDEN_EVENT, payload: {} };
}
