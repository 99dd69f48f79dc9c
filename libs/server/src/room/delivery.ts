import type { EventPosition } from '@switchyard/contract';

/** One event on its way to the members of a room. */
export interface Delivery {
  event: string;
  payload: unknown;
  /** Without epoch and offset when the event is volatile. */
  position: EventPosition;
  /** The members it is not for, by their connections' ids. */
  except?: ReadonlySet<string> | undefined;
  /** The only user it is for; undefined when it is for everybody. */
  onlyForUser?: string | undefined;
}

/** What hands events to a room's local members: one for each wire. */
export interface DeliveryTarget {
  deliver(room: string, delivery: Delivery): void;
}
