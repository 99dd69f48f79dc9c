/** The upper ends of the classes of a latency histogram, in ms; the last class has everything above, too. */
export const LATENCY_MS: readonly number[] = [
  1, 2, 3, 5, 7, 10, 15, 20, 30, 50, 70, 100, 150, 200, 300, 500, 700, 1000, 2000, 5000, 10_000, 30_000,
];

/** The durations of something, counted in the classes of `LATENCY_MS`. */
export interface Latency {
  count: number;
  /** The upper end of the class in which half of them have been counted; null without any. */
  p50_ms: number | null;
  /** The same for 99 of 100. */
  p99_ms: number | null;
  /** How many are in each class of `LATENCY_MS`. */
  classes: number[];
}
