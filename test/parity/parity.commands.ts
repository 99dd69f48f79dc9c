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

/** Clients on the old wire. */
export interface PagesPart {
  url: string;
  clients: number;
  /** Whether all of them compare the old wire with Socket.IO, or none. */
  isComparing: boolean;
}

/** The clients whose deliveries one process measures, and the rooms that they follow. */
export interface MeasuredPart {
  url: string;
  clients: number;
  rooms: number;
  rate: number;
}

/** The clients of another process, which compare or do not. */
export interface ShadowPart extends PagesPart {
  /** The rooms that they follow. */
  keys: readonly string[];
}

/** The events that comparing clients found equal, and those that differed. */
export interface Compared {
  matched: number;
  mismatches: number;
}

/** The delay from the change to the client that renders it, in milliseconds. */
export interface CostFigures extends Compared {
  delivered: number;
  p50: number;
  p99: number;
}

/** The commands of a load process. */
export interface ParityCommands {
  /** Resolves once every comparison has joined its rooms on both wires. */
  compare(part: AlarmPart): Promise<void>;
  state(): AlarmState;
  /** Ends the load and the comparisons. */
  end(): Promise<AlarmState>;
  /** Makes busy rooms and clients that follow them; resolves to the keys of the rooms. */
  begin(part: MeasuredPart): Promise<string[]>;
  /** Measures for so many seconds; resolves to the delay of each delivery, in milliseconds. */
  measure(seconds: number): Promise<number[]>;
  /** Replaces the clients that compare or do not. */
  shadow(part: ShadowPart): Promise<void>;
  /** Closes these clients. */
  unshadow(): Compared;
}
