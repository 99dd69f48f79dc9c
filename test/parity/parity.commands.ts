import type { Mismatch } from '@switchyard/contract';

/** The comparisons that one process makes. */
export interface AlarmPart {
  /** The address of the server itself, for changes. */
  server: string;
  /** The address through which the wires go. */
  url: string;
  comparisons: number;
  rooms: number;
  rate: number;
}

/** What comparisons have found so far. */
export interface AlarmState {
  matched: number;
  mismatches: number;
  shed: number;
  /** The first mismatches. */
  examples: Mismatch[];
}

/** The clients whose deliveries one process measures. */
export interface CostPart {
  url: string;
  clients: number;
  /** How many of them compare. */
  comparing: number;
  rooms: number;
  rate: number;
  seconds: number;
}

/** The delay from the change to the client that renders it, in milliseconds. */
export interface CostFigures {
  delivered: number;
  p50: number;
  p99: number;
  /** The events that comparing clients found equal, and those that differed. */
  matched: number;
  mismatches: number;
}

/** The commands of a load process. */
export interface ParityCommands {
  /** Resolves once every comparison has joined its rooms on both wires. */
  compare(part: AlarmPart): Promise<void>;
  state(): AlarmState;
  /** Ends the load and the comparisons. */
  end(): Promise<AlarmState>;
  measure(part: CostPart): Promise<CostFigures>;
}
