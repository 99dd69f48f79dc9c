import type { RoomMessage, WireName } from '@switchyard/client';
import type { Position, Presence, ServiceTypes } from '@switchyard/contract';

/** How a room was followed since it was opened. */
export interface RoomFeed {
  /** Of what was told last; absent on wires without positions. */
  position?: Position;
  /** What brought it. */
  wire?: WireName;
  /** Live events. */
  events: number;
  /** Times the whole state was given: on opening, and whenever events could not be continued. */
  snapshots: number;
  /** Who is there, in services that say so. */
  here?: Presence;
}

export const NO_FEED: RoomFeed = { events: 0, snapshots: 0 };

/** A feed after a message that came on `wire`. */
export function feedAfter<T extends ServiceTypes>(
  feed: RoomFeed,
  message: RoomMessage<T>,
  wire: WireName | undefined,
): RoomFeed {
  if (message.kind === 'presence') return { ...feed, here: message };
  // Volatile events have no position; they leave it where it was.
  const { position = feed.position } = message;
  const { events, snapshots } = feed;
  return message.kind === 'snapshot'
    ? { ...feed, position, wire, snapshots: snapshots + 1 }
    : { ...feed, position, wire, events: events + 1 };
}
