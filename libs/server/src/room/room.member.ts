import type { Caller } from '../service/caller.js';

/** One connection that is in a room. */
export interface RoomMember {
  /** The connection's id. */
  readonly id: string;
  readonly caller: Caller;
}
