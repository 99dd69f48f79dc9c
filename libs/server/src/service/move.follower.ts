import type { Caller } from '../caller/caller.js';
import type { ServiceConnection } from './service.wire.js';

/** Follows a service's clients while they move from one wire to another. */
export interface MoveFollower {
  /** Whether a join with a position is part of an announced move, which no limit counts; true once for each client and room. */
  isMove(caller: Caller, key: string | undefined): Promise<boolean>;
  /** A client joined a room, with the position where it left off or without one; never rejects. */
  joined(member: ServiceConnection, hasPosition: boolean): Promise<void>;
}
