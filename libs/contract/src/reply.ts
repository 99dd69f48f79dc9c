import type { ErrorBody } from './fault.js';
import type { Position } from './position.js';
import type { Presence } from './presence.js';

/** The reply to a call, the same on every wire. */
export type Reply<T = unknown> = { ok: true; data: T } | { ok: false; error: ErrorBody };

/** An event of a room's log in a join reply. */
export interface LoggedEvent extends Position {
  event: string;
  payload: unknown;
}

/**
 * The reply to a join: either `recovered` with every event after `since`, or not recovered with a snapshot as of
 * (`epoch`, `offset`), never a part of either. With presence, it lists the people in the room, including the caller.
 */
export interface JoinReply<S = unknown> extends Position, Partial<Presence> {
  room: string;
  recovered: boolean;
  /** ISO 8601 with Z. */
  server_time: string;
  snapshot?: S;
  events?: LoggedEvent[];
}

/** The second argument of every emitted event: its room and position; a volatile event has only the room. */
export interface EventPosition extends Partial<Position> {
  room: string;
}
