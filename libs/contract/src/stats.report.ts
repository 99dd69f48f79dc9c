import type { WireName } from './legacy.envelope.js';
import type { ParityReport } from './parity.js';
import type { Position } from './position.js';

/** The figures that a page reports. */
export const REPORTED = ['events', 'duplicates', 'gaps', 'reconnects', 'outage_ms', 'moves', 'moves_failed'] as const;

/** A figure that a page reports. */
export type ReportedFigure = (typeof REPORTED)[number];

/** An event that arrived. */
export interface Arrival extends Position {
  room: string;
  /** When it arrived, by the server's clock as the page knows it, Unix time in ms. */
  at: number;
}

/** Where a page reports what it has seen. */
export const STATS_PATH = '/realtime/stats';

/**
 * The body of a report: what a page has seen since its last one, by `{service}/{wire}/{figure}`, or
 * `{service}/{wire}/moves_failed/{code}`.
 */
export interface StatsReport {
  counts: Record<string, number>;
  /** The last event that arrived since the last report, by `{service}/{wire}`. */
  arrivals: Record<string, Arrival>;
  /** The largest error of the times in `arrivals`, in ms; absent before the server's clock is known. */
  uncertainty_ms?: number;
  /** What the page's comparisons of two wires have found since the last report. */
  parity?: readonly ParityReport[];
}

/** The answer to a report. */
export interface StatsReply {
  /** ISO 8601 with Z. */
  server_time: string;
  /** The wire that the client compares with its own now, for each service in the report; null for none. */
  shadows?: Readonly<Record<string, WireName | null>>;
}
