import type { ErrorBody } from './fault.js';
import type { Position } from './position.js';
import type { Presence } from './presence.js';

/** What every call is answered with, on every wire. */
export type Reply<T = unknown> = { ok: true; data: T } | { ok: false; error: ErrorBody };

/** An event of a room's log as it is replayed. */
export interface LoggedEvent extends Position {
  event: string;
  payload: unknown;
}

/**
 * The answer to a join: either `recovered` with every event after `since`, or not recovered with a snapshot
 * as of (`epoch`, `offset`); never a part. Where the service has presence it says who is there, the newcomer included.
 */
export interface JoinReply<S = unknown> extends Position, Partial<Presence> {
  room: string;
  recovered: boolean;
  /** ISO 8601 with Z. */
  server_time: string;
  snapshot?: S;
  events?: LoggedEvent[];
}

/** Where an event stands: the second argument of every emitted event; a volatile event has only the room. */
export interface EventPosition extends Partial<Position> {
  room: string;
}
