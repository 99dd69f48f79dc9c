import { HIDDEN_EVENT } from '@switchyard/contract';
import { isOpenTo, type Caller } from '../caller/caller.js';

/** The event as this caller gets it: itself or, where it is for somebody else, only that something happened there. */
export function shownTo<E extends { event: string; payload: unknown }>(
  event: E,
  audience: string | undefined,
  caller: Caller,
): E {
  return isOpenTo(caller, audience) ? event : { ...event, event: HIDDEN_EVENT, payload: {} };
}
