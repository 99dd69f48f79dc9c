import type { Caller } from '../caller/caller.js';

/** The moves of a service's clients that were announced to them. */
export interface AnnouncedMoves {
  /** Whether a join with a position is part of an announced move, which no limit counts; true once for each client and room. */
  isMove(caller: Caller, key: string | undefined): Promise<boolean>;
}
