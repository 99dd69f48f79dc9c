import type { RoomMessage, WireName } from '@switchyard/client';
import type { Position, Presence, ServiceTypes } from '@switchyard/contract';

/** The delivery statistics of an open room. */
export interface RoomFeed {
  /** The last position; absent on wires without positions. */
  position?: Position;
  /** The wire of the last message. */
  wire?: WireName;
  /** The number of live events. */
  events: number;
  /** The number of snapshots: on joining, and whenever events could not be resumed. */
  snapshots: number;
  /** The present users, in services with presence. */
  here?: Presence;
}

export const NO_FEED: RoomFeed = { events: 0, snapshots: 0 };

/** Updates the statistics with a message from `wire`. */
export function feedAfter<T extends ServiceTypes>(
  feed: RoomFeed,
  message: RoomMessage<T>,
  wire: WireName | undefined,
): RoomFeed {
  if (message.kind === 'presence') return { ...feed, here: message };
  // Volatile events have no position and do not change it.
  const { position = feed.position } = message;
  const { events, snapshots } = feed;
  return message.kind === 'snapshot'
    ? { ...feed, position, wire, snapshots: snapshots + 1 }
    : { ...feed, position, wire, events: events + 1 };
}
