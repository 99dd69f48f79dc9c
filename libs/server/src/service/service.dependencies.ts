import type { RateLimits } from '../limits/rate.limits.js';
import type { RoomPresence } from '../presence/room.presence.js';
import type { RoomRetention } from '../room/room.retention.js';
import type { Store } from '../store/store.js';
import type { PayloadClass } from '../validation/payload.class.js';
import type { DeclaredWire } from './declared.wire.js';

/** What a gateway declares for its service besides the contract: its old wires and the class of its joins' options. */
export interface ServiceParts {
  wires: readonly DeclaredWire[];
  join?: PayloadClass;
}

/** What all services of a process share. */
export interface ServiceDependencies {
  store: Store;
  retention: RoomRetention;
  presence: RoomPresence;
  limits: RateLimits;
}
