import type { Pair, System } from '../process/system.js';

/** How much of everything a run does. */
export interface Plan {
  /** How many times the systems take turns. */
  rounds: number;
  /** Calls before the measured ones; cold code is measured wrong by a factor, so never under 10,000. */
  warmUpCalls: number;
  calls: number;
  warmUpEvents: number;
  events: number;
  /** Clients connected for the heap. */
  connections: number;
  /** Clients that join one room at once. */
  members: number;
  /** A folder for CPU profiles of the measured part; profiled runs cost more, compare their figures with nothing. */
  profiles?: string;
}

/** One quantity, measured for one system in one round by processes of their own. */
export interface Measure {
  name: 'call' | 'correlated' | 'fanout' | 'oldPeers' | 'oldPeersPersonal' | 'heap' | 'storm' | 'told';
  title: string;
  unit: string;
  /** The last system's figure at the most, relative to the first's. */
  target?: number;
  /** The last system's figure at the most, as it is. */
  limit?: number;
  /** Those it says something about; the first three when left out. */
  systems?: readonly System['name'][];
  take(pair: Pair, plan: Plan, system: System): Promise<number>;
}
