import type { Caller } from '../caller/caller.js';

/** Who is to see a room, and what of it: the options of the join, checked against the service's class for them. */
export interface RoomView<O extends object = object> {
  readonly caller: Caller;
  readonly options: O;
}
