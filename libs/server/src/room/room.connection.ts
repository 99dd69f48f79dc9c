import type { Caller } from '../caller/caller.js';

/** One connection that is in a room. */
export interface RoomConnection {
  /** The connection's id. */
  readonly id: string;
  readonly caller: Caller;
}
