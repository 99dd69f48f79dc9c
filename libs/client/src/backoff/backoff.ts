/** How long to wait between attempts, in milliseconds; there is no last attempt. */
export interface BackoffOptions {
  minMs: number;
  maxMs: number;
}

/** The waits of a page that sets none. */
export const DEFAULT_BACKOFF: BackoffOptions = { minMs: 500, maxMs: 1500 };

/** The longest wait while another wire serves, as a multiple of the longest wait while none does. */
const EASED_FACTOR = 8;

/** The longest wait between attempts, in milliseconds; longer while another wire serves, because nothing is missed then. */
export function longestWait({ maxMs }: BackoffOptions, isServed: boolean): number {
  return isServed ? EASED_FACTOR * maxMs : maxMs;
}

/**
 * The wait before attempt `failures + 1`, at most `factor` times the longest one; jittered so that clients cut off together
 * do not come back together.
 */
export function backoffDelay({ minMs, maxMs }: BackoffOptions, failures: number, factor = 1): number {
  const ceiling = Math.min(factor * maxMs, minMs * 1.5 * 2 ** Math.min(failures, 10));
  return minMs + Math.random() * Math.max(0, ceiling - minMs);
}
