import type { Pair, System } from '../process/system.js';

/** The amounts of a run. */
export interface Plan {
  /** The number of rounds. */
  rounds: number;
  /** The calls before the measured ones, at least 10,000, because cold code distorts the results. */
  warmUpCalls: number;
  calls: number;
  warmUpEvents: number;
  events: number;
  /** The number of clients for the heap measure. */
  connections: number;
  /** The number of clients that join one room at once. */
  members: number;
  /** A folder for CPU profiles of the measured part; do not compare figures of profiled runs. */
  profiles?: string;
}

/** A quantity, measured for one system in one round in separate processes. */
export interface Measure {
  name: 'call' | 'correlated' | 'fanout' | 'oldPeers' | 'oldPeersPersonal' | 'heap' | 'storm' | 'memberCount';
  title: string;
  unit: string;
  /** The limit for the last system, relative to the first. */
  target?: number;
  /** The absolute limit for the last system. */
  limit?: number;
  /** The systems that it applies to; by default the first three. */
  systems?: readonly System['name'][];
  take(pair: Pair, plan: Plan, system: System): Promise<number>;
}
