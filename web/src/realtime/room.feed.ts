import type { RoomMessage, ServiceConnection, WireName } from '@switchyard/client';
import type { Position, Presence, ServiceTypes } from '@switchyard/contract';
import { delay, map, type Observable } from 'rxjs';

/** The delivery statistics of an open room. */
export interface RoomFeed {
  /** The last position; absent on wires without positions. */
  position?: Position;
  /** The wire that feeds the room, or fed it last; undefined before the first message. */
  wire?: WireName;
  /** Whether nothing more comes: the room is over, or cannot be followed. */
  isOver?: boolean;
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

/** Updates the statistics when the service uses `wire`; a room without a message, or that is over, is not fed by it. */
export function feedOn(feed: RoomFeed, wire: WireName | undefined): RoomFeed {
  return feed.wire === undefined || feed.wire === wire || feed.isOver ? feed : { ...feed, wire };
}

/**
 * Reports the wire in use after each change, one turn later: a room that ends releases its wire just before it completes,
 * and the service's next wire never fed it.
 */
export function feedWires({ wire$ }: Pick<ServiceConnection, 'wire$'>): Observable<WireName | undefined> {
  return wire$.pipe(
    delay(0),
    map(() => wire$.value),
  );
}
