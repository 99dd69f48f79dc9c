/** The figures that a page reports. */
export const REPORTED = ['events', 'duplicates', 'gaps', 'reconnects', 'outage_ms', 'moves', 'moves_failed'] as const;

/** A figure that a page reports. */
export type ReportedFigure = (typeof REPORTED)[number];

/** Where a page reports what it has seen. */
export const STATS_PATH = '/realtime/stats';

/**
 * The body of a report: what a page has seen since its last one, by `{service}/{wire}/{figure}`, or
 * `{service}/{wire}/moves_failed/{code}`.
 */
export interface StatsReport {
  counts: Record<string, number>;
}
