import { HIDDEN_EVENT } from '@switchyard/contract';
import { isOpenTo, type Caller } from '../service/caller.js';

/** An event, and the only user it is for; undefined when it is for everybody. */
interface Addressed {
  event: string;
  audience: string | undefined;
}

/** An event's name with the user it is for, as the log keeps it: no event's name has a space in it. */
export function withAudience(event: string, audience: string | undefined): string {
  return audience === undefined ? event : `${event} ${encodeURIComponent(audience)}`;
}

/** What `withAudience` made one of. */
export function readAudience(stored: string): Addressed {
  const [event = '', audience] = stored.split(' ');
  return { event, audience: audience === undefined ? undefined : decodeURIComponent(audience) };
}

/** The event as this caller gets it: itself or, where it is for somebody else, only that something happened there. */
export function shownTo<E extends { event: string; payload: unknown }>(
  event: E,
  audience: string | undefined,
  caller: Caller,
): E {
  return isOpenTo(caller, audience) ? event : { ...event, event: HIDDEN_EVENT, payload: {} };
}
