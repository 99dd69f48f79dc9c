import type { Position } from '@switchyard/contract';

/** What a join asks for beside the room. */
export interface JoinRequest {
  /** The position after which the client wants to go on. */
  since?: Position;
  /** The contract's own options, as they came off the wire. */
  options?: unknown;
  /** Whether the limits have counted the request already, which may be about several rooms. */
  isCounted?: boolean;
}
