import type { EventPosition } from '@switchyard/contract';

/** One event on its way to the members of a room. */
export interface Delivery {
  event: string;
  payload: unknown;
  /** Without epoch and offset when the event is volatile. */
  position: EventPosition;
  /** When it was appended, Unix time in ms; undefined when the event is volatile. */
  at?: number | undefined;
  /** The ids of connections that do not get it. */
  except?: ReadonlySet<string> | undefined;
  /** The id of the only user who gets it; undefined when everybody does. */
  onlyForUser?: string | undefined;
}

/** Sends events to the members that one wire serves. */
export interface DeliveryTarget {
  /**
   * Writes an event to the members that this wire serves, and returns how many bytes of frames these were, for all of them
   * together and without the framing of the transport; undefined where the wire does not know it.
   */
  deliver(room: string, delivery: Delivery): number | undefined;
}
