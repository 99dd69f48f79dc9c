import type { Position } from '@switchyard/contract';

/** A request to join a room, apart from the room itself. */
export interface JoinRequest {
  /** The position after which the client wants to go on. */
  since?: Position;
  /** The contract's own options, as they came off the wire. */
  options?: unknown;
  /** Whether the limits have counted the join already: a request for several rooms counts once. */
  isCounted?: boolean;
}
