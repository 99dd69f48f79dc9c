/** How long to wait between attempts, in milliseconds; there is no last attempt. */
export interface BackoffOptions {
  minMs: number;
  maxMs: number;
}

/** The waits of a page that sets none. */
export const DEFAULT_BACKOFF: BackoffOptions = { minMs: 500, maxMs: 1500 };

/** The wait before attempt `failures + 1`, jittered so that clients cut off together do not come back together. */
export function backoffDelay({ minMs, maxMs }: BackoffOptions, failures: number): number {
  const ceiling = Math.min(maxMs, minMs * 1.5 * 2 ** Math.min(failures, 10));
  return minMs + Math.random() * Math.max(0, ceiling - minMs);
}
