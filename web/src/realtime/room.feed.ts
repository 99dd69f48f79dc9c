import type { RoomMessage, WireName } from '@switchyard/client';
import type { Position, ServiceTypes } from '@switchyard/contract';

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
}

export const NO_FEED: RoomFeed = { events: 0, snapshots: 0 };

/** A feed after a message that came on `wire`. */
export function feedAfter<T extends ServiceTypes>(
  feed: RoomFeed,
  message: RoomMessage<T>,
  wire: WireName | undefined,
): RoomFeed {
  if (message.kind === 'presence') return feed;
  // Volatile events have no position; they leave it where it was.
  const { position = feed.position } = message;
  const { events, snapshots } = feed;
  return message.kind === 'snapshot'
    ? { position, wire, events, snapshots: snapshots + 1 }
    : { position, wire, events: events + 1, snapshots };
}
