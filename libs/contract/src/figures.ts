import type { Latency } from './latency.js';

/** What happened to a service's clients in some time, on one wire or in one arm, over all processes. */
export interface Figures {
  /** Joins that were answered. */
  joins: number;
  /** Joins that were refused, by code. */
  joins_failed: Record<string, number>;
  /** Joins with a position that were answered with all events after it. */
  joins_recovered: number;
  /** Joins with a position that needed a snapshot. */
  joins_reset: number;
  /** Calls that succeeded. */
  calls: number;
  /** Calls that were answered with an error, by code. */
  calls_failed: Record<string, number>;
  /** Events times the members that they were written to. */
  deliveries: number;
  /** From the append of an event until it was written to all members on a wire; one for each event and wire. */
  delivery: Latency;
}

/** The figures of one time: by the wire that clients were on, and by arm: the wire that their stage gives them. */
export interface FigureSet {
  wires: Record<string, Figures>;
  arms: Record<string, Figures>;
}

/** The figures of one minute. */
export interface MinuteFigures extends FigureSet {
  /** When the minute began, ISO 8601 with Z. */
  minute: string;
}

/** What is known about a service's clients. */
export interface ServiceFigures {
  service: string;
  /** ISO 8601 with Z. */
  at: string;
  /** The open connections of the service by wire, over all processes. */
  clients: Record<string, number>;
  /** The minutes in which something happened, the latest last. */
  minutes: MinuteFigures[];
  /** The sum of all these minutes. */
  totals: FigureSet;
}
