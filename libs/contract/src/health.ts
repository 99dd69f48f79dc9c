/** A threshold that the new wire's clients have crossed. */
export interface Breach {
  /** The name of the threshold in `slo.json`. */
  threshold: string;
  observed: number;
  limit: number;
  /** The same figure for the clients of the old wire, where it was compared with them. */
  legacy?: number;
  /** How many joins, calls or events were looked at. */
  sample: number;
  /** The same in words. */
  text: string;
}

/** How a service's clients on the new wire fare, in the last window. */
export interface ServiceHealth {
  service: string;
  /** *unknown*: too little happened to tell, or the figures could not be read. */
  state: 'healthy' | 'breached' | 'unknown';
  /** ISO 8601 with Z. */
  at: string;
  /** The length of the window, in seconds. */
  window_s: number;
  breaches: readonly Breach[];
  /** Why the state is unknown, in words. */
  reason?: string;
  /** When too little happened to tell: the sample that is nearest to being large enough. */
  sample?: {
    /** What is counted, in the plural. */
    what: string;
    has: number;
    needs: number;
    /** The time in which it is counted, in seconds. */
    over_s: number;
  };
}
