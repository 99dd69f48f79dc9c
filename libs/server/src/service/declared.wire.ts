import type { Type } from '@nestjs/common';
import type { ServiceTypes } from '@switchyard/contract';

/** An old wire that a gateway declares for its service, such as `legacy(codec)`. */
export interface DeclaredWire<T extends ServiceTypes = ServiceTypes> {
  readonly types?: T;
  /** The class of the wire. */
  readonly type: Type;
  /** Translates between the service's contract and the wire. */
  readonly codec: object;
  /** Whether our client speaks this wire, and so can be sent to it. */
  readonly isForOurClient: boolean;
}
