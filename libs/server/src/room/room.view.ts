import type { Caller } from '../caller/caller.js';

/** What a snapshot is made for: the caller who reads it, and the validated options of the join. */
export interface RoomView<O extends object = object> {
  readonly caller: Caller;
  readonly options: O;
}
