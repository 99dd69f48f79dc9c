import type { RoomKind, ServiceContract } from '@switchyard/contract';
import type { EventForms } from './event.forms.js';
import type { Findings } from './findings.js';

/** The limits of a comparison. */
export interface ComparisonLimits {
  /** An event is late when it comes this much later than on the other wire, in ms. */
  lateMs: number;
  /** An event is missing when it has not come this long after it came on the other wire, in ms. */
  missingMs: number;
  /** How many events of a room may wait for the other wire. */
  maxPending: number;
}

/** The limits of a comparison that sets none. */
export const DEFAULT_COMPARISON_LIMITS: ComparisonLimits = { lateMs: 2000, missingMs: 10_000, maxPending: 1000 };

/** What the comparisons of a service's rooms share. */
export interface ComparisonRules extends ComparisonLimits {
  contract: ServiceContract;
  forms: EventForms;
  findings: Findings;
}

/** The part of the rules that one room's streams are compared by. */
export interface RoomRules extends ComparisonRules {
  /** The name of the room. */
  room: string;
  kind: RoomKind;
}
