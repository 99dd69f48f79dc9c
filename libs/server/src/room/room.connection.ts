import type { Caller } from '../caller/caller.js';

/** A connection that joins rooms. */
export interface RoomConnection {
  /** The connection's id. */
  readonly id: string;
  readonly caller: Caller;
}
