import type { Latency } from './latency.js';

/** What our clients have seen themselves, as far as they have reported it; a client is free to report anything. */
export interface ReportedFigures {
  /** Events that arrived, replayed ones and duplicates included. */
  events: number;
  /** Events that arrived a second time and were dropped. */
  duplicates: number;
  /** Joins that were repeated because events were missing. */
  gaps: number;
  /** Losses of a connection that was regained. */
  reconnects: number;
  /** How long those connections were lost, in ms. */
  outage_ms: number;
  /** Moves to this wire that were completed. */
  moves: number;
  /** Moves to this wire that failed, by code. */
  moves_failed: Record<string, number>;
  /** From the append of an event until it arrived; one event for each report, if the page knows the server's clock well. */
  arrival: Latency;
}

/** What happened to a service's clients in some time, on one wire or in one arm, over all processes. */
export interface Figures {
  /** Connections that were opened, on wires that keep one. */
  connections: number;
  /** Connections that ended without a goodbye of the client, and not by the server. */
  connections_lost: number;
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
  /** The bytes of these events as they were written, without the framing and the compression of the transport. */
  bytes: number;
  /** From the append of an event until it was written to all members on a wire; one for each event and wire. */
  delivery: Latency;
  reported: ReportedFigures;
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
