import type { Caller } from '../caller/caller.js';

/** A join that is about to be admitted. */
export interface AskedJoin {
  caller: Caller;
  /** The key of the room, as the client named it. */
  key: string | undefined;
  /** Whether the client named the position where it left off. */
  hasPosition: boolean;
}

/** Joins that the limit of joins does not count, because the server asked for them. */
export interface FreeJoins {
  /** Whether this join is one of them; each answer may use up a free join. */
  isFree(join: AskedJoin): Promise<boolean>;
}
