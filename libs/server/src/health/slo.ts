/** The names of the thresholds. */
export const THRESHOLD_NAMES = [
  'joins_failed',
  'calls_failed',
  'resets',
  'delivery_p99_ms',
  'connections_lost',
  'fallbacks',
] as const;
/** What a threshold is about. */
export type ThresholdName = (typeof THRESHOLD_NAMES)[number];

/** What the clients of the new wire may suffer; it is crossed when one of the two is. */
export interface Threshold {
  /** The greatest share, 0 to 1; for a latency the longest time in ms. */
  max?: number;
  /** How much greater than the old wire's share it may be; for a latency, how many times as long as the old wire's. */
  over_legacy?: number;
  /** The least sample of this threshold, in place of the service's. */
  min_sample?: number;
}

/** Where a service goes back to: the state before its last promotion, or the old wire for everybody. */
type BackTo = 'previous' | 'legacy';

/** What a service has to hold to. */
export interface Slo {
  /** The length of a window in seconds. */
  window_s: number;
  /** How much has to happen in a window, in two together, or in an hour, before it is judged. */
  min_sample: number;
  /** How long nothing more goes back by itself after a service went back, in seconds. */
  cool_down_s: number;
  back_to: BackTo;
  /** Whether the service goes back by itself. */
  rollback: boolean;
  thresholds: Partial<Record<ThresholdName, Threshold>>;
}

/** What each service has to hold to; those without an entry to the default, if there is one. */
export interface SloSettings {
  default?: Slo;
  services: ReadonlyMap<string, Slo>;
}

/** What is not said in the file. */
export const SLO_DEFAULTS: Slo = {
  window_s: 10,
  min_sample: 200,
  cool_down_s: 300,
  back_to: 'previous',
  rollback: true,
  thresholds: {},
};
